"""A carrier: its books, its crafts, its door."""
