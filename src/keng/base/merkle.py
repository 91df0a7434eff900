"""Merkle trees as RFC 6962 and RFC 9162 define them (section 2.1 in both): hashing, appending, proofs, their checks.

A tree of n leaves is the list of its n leaf hashes, 32 bytes each. Every *complete* subtree is a node `(level, index)`:
it covers the leaves `index << level` to `(index + 1) << level` exclusive, and never changes once its last leaf is in.
Proofs are made from complete nodes alone, so whoever keeps them (all, some, or only the leaves) can make any proof:
they are asked for through a `Node` function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""`(level, index)` to the hash of that complete subtree; level 0 is the leaf hashes."""


def hash_leaf(data: bytes) -> bytes:
    """The leaf hash of `data`: SHA-256(0x00 || data)."""
    return sha256(LEAF_PREFIX + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children: SHA-256(0x01 || left || right)."""
    return sha256(NODE_PREFIX + left + right).digest()


class CompactRange:
    """The right edge of a growing tree: its size and one hash (a *peak*) for each bit set in it, largest subtree first.

    State is O(log n); appending is O(1) amortised.

    >>> tree = CompactRange()
    >>> tree.extend([hash_leaf(b"a"), hash_leaf(b"b")])[1] == [tree.root()]
    True
    """

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(self._peaks)}")

    @classmethod
    def at(cls, size: int, node: Node) -> CompactRange:
        """The right edge of the first `size` leaves of a tree whose complete nodes `node` knows."""
        levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
        return cls(size, [node(level, (size >> level) - 1) for level in levels])

    @property
    def peaks(self) -> tuple[bytes, ...]:
        return tuple(self._peaks)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf hash."""
        node, size = leaf_hash, self.size
        while size & 1:
            node = hash_node(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> list[list[bytes]]:
        """Add leaf hashes, and give back the nodes that this completed: item L lists those of level L, in order.

        The first of item L has the index `old size >> L`. One pass a level: several times faster than `append`.
        """
        completed: list[list[bytes]] = []
        peaks_up: list[bytes] = []
        fresh, left = list(leaf_hashes), self.size
        self.size += len(fresh)
        while fresh:
            completed.append(fresh)
            row = [self._peaks.pop(), *fresh] if left & 1 else fresh
            if len(row) & 1:
                peaks_up.append(row[-1])
            pairs = iter(row)
            fresh = [sha256(NODE_PREFIX + a + b).digest() for a, b in zip(pairs, pairs, strict=False)]
            left >>= 1
        self._peaks += reversed(peaks_up)
        return completed

    def root(self) -> bytes:
        """The root hash; of no leaves, the SHA-256 of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = hash_node(peak, root)
        return root


def node_of(leaf_hashes: Sequence[bytes]) -> Node:
    """A `Node` function over leaf hashes in memory. Nothing is kept: each node is O(leaves below it)."""

    def node(level: int, index: int) -> bytes:
        row = leaf_hashes[index << level : (index + 1) << level]
        if len(row) != 1 << level:
            raise IndexError(f"node {index} of level {level} is not complete")
        return fold(row)

    return node


def fold(row: Sequence[bytes]) -> bytes:
    """The root over a row of sibling nodes of one level; their number is a power of two."""
    while len(row) > 1:
        row = [hash_node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def root_at(size: int, node: Node) -> bytes:
    """The root over the first `size` leaves."""
    return CompactRange.at(size, node).root()


def inclusion_proof(place: int, size: int, node: Node) -> list[bytes]:
    """PATH(place, D[size]) of RFC 9162 2.1.3.1: at most ceil(log2 size) hashes, from the leaf's sibling upwards."""
    if not 0 <= place < size:
        raise IndexError(f"place {place} is not in a tree of {size}")
    proof, start, stop = [], 0, size
    while stop - start > 1:
        middle = start + _left_width(stop - start)
        if place < middle:
            proof.append(_range_root(middle, stop, node))
            stop = middle
        else:
            proof.append(_range_root(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 9162 2.1.4.1: that the first `old` leaves are the same. Empty if old is 0 or new."""
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {new} does not extend one of {old}")
    if old == 0:
        return []
    proof, start, stop = [], 0, new
    while stop != old:
        middle = start + _left_width(stop - start)
        if old <= middle:
            proof.append(_range_root(middle, stop, node))
            stop = middle
        else:
            proof.append(_range_root(start, middle, node))
            start = middle
    if start:
        proof.append(_range_root(start, stop, node))
    return proof[::-1]


def verify_inclusion(leaf_hash: bytes, place: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows this leaf hash at `place` of the tree with `size` and `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= place < size or any(len(part) != HASH_BYTES for part in proof):
        return False
    first, last, found = place, size - 1, leaf_hash
    for part in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = hash_node(part, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = hash_node(found, part)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree (new, new_root) begins with the tree (old, old_root) (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new or any(len(part) != HASH_BYTES for part in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    found_old = found_new = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            found_old, found_new = hash_node(part, found_old), hash_node(part, found_new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found_new = hash_node(found_new, part)
        first, last = first >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _left_width(width: int) -> int:
    """The largest power of two smaller than `width` (which is at least 2): how many leaves go to the left."""
    return 1 << (width - 1).bit_length() - 1


def _range_root(start: int, stop: int, node: Node) -> bytes:
    """MTH(D[start:stop]) for a range that RFC 6962's recursion reaches: all its left parts are complete nodes."""
    width = stop - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + _left_width(width)
    return hash_node(_range_root(start, middle, node), _range_root(middle, stop, node))
