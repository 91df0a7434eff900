"""The Merkle tree as the database keeps it: leaves in entries, and one row for each complete tile of 256 nodes."""

from __future__ import annotations

from collections.abc import Sequence

from keng.base.merkle import fold, hash_leaf
from keng.desk.ground.ledger.models import TILE_LEVELS, TILE_WIDTH, Entry, TreeNode


class StoredNodes:
    """A `keng.base.merkle.Node` over the database. One query a tile, each read once in the life of this object."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        tile_level, rise = divmod(level, TILE_LEVELS)
        tile, offset = divmod(index << rise, TILE_WIDTH)
        row = self._tile(tile_level, tile)[offset : offset + (1 << rise)]
        if len(row) != 1 << rise:
            raise IndexError(f"node {index} of level {level} is not stored")
        return fold(row)

    def _tile(self, level: int, tile: int) -> list[bytes]:
        if (level, tile) not in self._tiles:
            self._tiles[level, tile] = _read_tile(level, tile * TILE_WIDTH)
        return self._tiles[level, tile]


def store_tiles(old_size: int, completed: Sequence[Sequence[bytes]]) -> None:
    """Keep those of the nodes that `CompactRange.extend` completed which cover whole tiles."""
    rows = [
        TreeNode(level=level // TILE_LEVELS, index=(old_size >> level) + n, hash=node)
        for level in range(TILE_LEVELS, len(completed), TILE_LEVELS)
        for n, node in enumerate(completed[level])
    ]
    TreeNode.objects.bulk_create(rows, batch_size=1000)


def _read_tile(level: int, first: int) -> list[bytes]:
    stop = first + TILE_WIDTH
    if level == 0:
        leaves = Entry.objects.filter(place__gte=first, place__lt=stop).order_by("place")
        return [hash_leaf(bytes(leaf)) for leaf in leaves.values_list("leaf", flat=True)]
    nodes = TreeNode.objects.filter(level=level, index__gte=first, index__lt=stop).order_by("index")
    return [bytes(node) for node in nodes.values_list("hash", flat=True)]
