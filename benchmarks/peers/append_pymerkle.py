"""pymerkle's tree on SQLite, one append a transaction: `python append_pymerkle.py FILE COUNT`."""

import json
import sys
import time

from pymerkle import SqliteTree

with SqliteTree(sys.argv[1]) as tree:
    count = int(sys.argv[2])
    began = time.perf_counter()
    for number in range(count):
        tree.append_entry(b"officer:12 measures.hold_urgently measure:%d" % number)
    seconds = time.perf_counter() - began
    # its rows are their first column
    journal = tree.con.execute("PRAGMA journal_mode").fetchone()
    synchronous = tree.con.execute("PRAGMA synchronous").fetchone()
print(json.dumps({"count": count, "seconds": seconds, "journal": journal, "synchronous": synchronous}))
