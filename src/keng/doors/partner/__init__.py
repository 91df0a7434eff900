"""The way out to partners: one signed POST at a time."""
