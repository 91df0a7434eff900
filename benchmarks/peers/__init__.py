"""Other projects doing the same work. These files run in .venv-bench and import nothing of ours."""
