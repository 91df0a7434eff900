"""Looks at a person's data that are withheld from that person, for a time and for a reason."""
