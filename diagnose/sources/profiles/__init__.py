"""Profiles from files and from a live service."""
