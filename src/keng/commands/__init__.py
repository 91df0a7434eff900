"""Commands that put engines together: engines do not know each other."""
