"""The demo: a country's files, its processes, its officers."""
