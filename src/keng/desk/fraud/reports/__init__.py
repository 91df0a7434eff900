"""What citizens tell: kept as it came, read, answered."""
