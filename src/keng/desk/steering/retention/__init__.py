"""Carrying out the retention table: what is over goes, what is kept by law stays."""
