"""Formats older than protobuf, rewritten as the protobuf that they stand for."""
