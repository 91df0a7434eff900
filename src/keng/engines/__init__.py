"""Verdicts with reasons. No Django, no network, no clock: text, names and tables go in."""
