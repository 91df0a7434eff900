"""Merkle trees against a naive reading of RFC 6962, its known roots, and broken proofs."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.base import merkle

# Inputs and roots of the reference log (github.com/google/certificate-transparency, merkle_tree_test.cc).
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_OF_FIRST_IN_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
LEAVES = [merkle.hash_leaf(data) for data in INPUTS]
MANY = [merkle.hash_leaf(str(n).encode()) for n in range(70)]

sizes = st.integers(0, len(MANY))


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """RFC 6962 2.1.2, word for word."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


@pytest.mark.parametrize("size", range(9))
def test_it_gives_the_roots_of_the_reference_log(size: int) -> None:
    tree = merkle.CompactRange()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root().hex() == ROOTS[size]
    assert merkle.root_at(size, merkle.node_of(LEAVES)).hex() == ROOTS[size]


def test_it_gives_the_path_of_the_reference_log() -> None:
    proof = merkle.inclusion_proof(0, 8, merkle.node_of(LEAVES))
    assert [part.hex() for part in proof] == PATH_OF_FIRST_IN_EIGHT


@given(st.lists(st.integers(0, 30), max_size=8))
def test_extending_in_any_batches_is_appending_one_by_one(batches: list[int]) -> None:
    tree, node, place = merkle.CompactRange(), merkle.node_of(MANY * 4), 0
    for batch in batches:
        old = tree.size
        completed = tree.extend((MANY * 4)[place : place + batch])
        place += batch
        for level, nodes in enumerate(completed):
            start = old >> level
            assert nodes == [node(level, start + i) for i in range(len(nodes))]
            assert start + len(nodes) == tree.size >> level
        assert tree.root() == naive_root((MANY * 4)[:place])
        assert tree.peaks == merkle.CompactRange.at(place, node).peaks


@given(st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_verify(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(MANY)))
    place = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(place, size, merkle.node_of(MANY))
    root = naive_root(MANY[:size])
    assert proof == naive_path(place, MANY[:size])
    assert merkle.verify_inclusion(MANY[place], place, size, proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != place)) if size > 1 else None
    if other is not None:
        assert not merkle.verify_inclusion(MANY[place], other, size, proof, root)
        assert not merkle.verify_inclusion(MANY[other], place, size, proof, root)
        broken = data.draw(st.integers(0, len(proof) - 1))
        changed = [sha256(part).digest() if n == broken else part for n, part in enumerate(proof)]
        assert not merkle.verify_inclusion(MANY[place], place, size, changed, root)
        assert not merkle.verify_inclusion(MANY[place], place, size, proof[:-1], root)
    assert not merkle.verify_inclusion(MANY[place], place, size, [*proof, root], root)
    assert not merkle.verify_inclusion(MANY[place], size, size, proof, root)


@given(sizes, sizes)
def test_consistency_proofs_are_those_of_the_rfc_and_verify(a: int, b: int) -> None:
    old, new = min(a, b), max(a, b)
    proof = merkle.consistency_proof(old, new, merkle.node_of(MANY))
    assert proof == (naive_subproof(old, MANY[:new], True) if old else [])
    old_root, new_root = naive_root(MANY[:old]), naive_root(MANY[:new])
    assert merkle.verify_consistency(old, new, old_root, new_root, proof)
    forged = naive_root([merkle.hash_leaf(b"forged"), *MANY[1:old]]) if old else merkle.hash_leaf(b"forged")
    assert not merkle.verify_consistency(old, new, forged, new_root, proof)
    assert not merkle.verify_consistency(old, new, old_root, new_root, [*proof, new_root])
    if proof:
        assert not merkle.verify_consistency(old, new, old_root, new_root, proof[:-1])
        assert not merkle.verify_consistency(old, new, old_root, new_root, [proof[0] + b"x", *proof[1:]])
    if old != new:
        assert not merkle.verify_consistency(new, old, new_root, old_root, proof)


def test_it_refuses_what_no_tree_has() -> None:
    node = merkle.node_of(MANY)
    with pytest.raises(ValueError, match="peaks"):
        merkle.CompactRange(3, [MANY[0]])
    with pytest.raises(IndexError):
        merkle.inclusion_proof(5, 5, node)
    with pytest.raises(IndexError):
        merkle.consistency_proof(6, 5, node)
    with pytest.raises(IndexError):
        node(6, 1)
