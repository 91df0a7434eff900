"""What officers work on: one Django app for each thing, in wings."""
