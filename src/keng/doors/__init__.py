"""Where the world comes in and goes out."""
