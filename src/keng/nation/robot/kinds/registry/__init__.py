"""A registry: its books, its crafts, its door."""
