"""Villages and residential groups: rows that communes add themselves."""
