"""Formats that banks write and read."""
