"""The gate as callers meet it: who they are, what they come for, and how they are asked for work."""
