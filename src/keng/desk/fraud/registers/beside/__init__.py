"""What is done with a register's bytes, in a process beside ours: no database, no network, no key, one folder.

`python -I -c START SOURCE FOLDER` reads FOLDER/order.json, tells how far it is on standard output (one JSON object a line) and
leaves its results in the folder. Nothing here may import Django.
"""
