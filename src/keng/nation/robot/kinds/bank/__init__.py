"""A bank: its books, its crafts, its door."""
