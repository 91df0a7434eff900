"""MinHash LSH of datasketch over JSON Lines: `python link_datasketch.py IN OUT`. 64 permutations, threshold 0.5, three words a
shingle; reports whose texts are found alike, or that share an indicator in at most 100 reports, are one campaign."""

import json
import sys
from pathlib import Path

from datasketch import MinHash, MinHashLSH

MOST_HOLDERS = 100


def find(parents, node):
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


def shingles(text):
    words = text.lower().split()
    return {" ".join(words[start : start + 3]).encode() for start in range(max(len(words) - 2, 1))}


rows, parents, holders = [], [], {}
lsh = MinHashLSH(threshold=0.5, num_perm=64)
with Path(sys.argv[1]).open(encoding="utf-8") as source:
    for number, line in enumerate(source):
        row = json.loads(line)
        rows.append(row["id"])
        parents.append(number)
        minhash = MinHash(num_perm=64)
        minhash.update_batch(shingles(row["text"]))
        for other in lsh.query(minhash):
            parents[find(parents, number)] = find(parents, other)
        lsh.insert(number, minhash, check_duplication=False)
        for indicator in row["indicators"]:
            holders.setdefault((indicator["kind"], indicator["value"]), []).append(number)
for found in holders.values():
    if len(found) <= MOST_HOLDERS:
        for number in found[1:]:
            parents[find(parents, number)] = find(parents, found[0])
with Path(sys.argv[2]).open("w", encoding="utf-8") as target:
    for number, ident in enumerate(rows):
        target.write(json.dumps({"id": ident, "campaign": str(find(parents, number))}) + "\n")
