"""A platform: its books, its crafts, its door."""
