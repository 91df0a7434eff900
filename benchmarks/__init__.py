"""What `make bench` measures: our commands and their nearest peers, on the same inputs, from the shell."""
