"""Logs from files: bytes to records to one digest."""
