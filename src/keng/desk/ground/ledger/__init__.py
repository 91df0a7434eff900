"""Every arrow leaves an entry: what was done, by whom, to what, with a place in a Merkle tree that anybody can check.

`actions.record` writes an entry inside the caller's transaction; one sequencer gives committed entries their places and
signs a checkpoint; `export` and `verify` let a stranger check the whole without a database.
"""
