"""What watches over all other wings: what is kept how long."""
