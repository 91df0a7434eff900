"""The citizen's door: tell, follow, write. No account, no script needed."""
