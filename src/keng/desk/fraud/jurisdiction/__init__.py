"""Whose a report is: one owner at a time, handed over by dated rules, and never to and fro."""
