"""The bank, from its books up to the process that is killed."""
