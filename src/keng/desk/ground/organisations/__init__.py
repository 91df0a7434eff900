"""Who works against fraud together: the tree of organisations, each row dated, each with its own data."""
