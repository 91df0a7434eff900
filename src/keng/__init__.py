"""Kẻng: one citizen's report becomes lawful action within minutes."""

__version__ = "0.1.0"
