"""Words, components and weak links, against hand-made cases and slow but plain versions."""

import random

import numpy as np

from keng.engines.link.graph import components
from keng.engines.link.partition import Graph, partition
from keng.engines.link.sides import sides
from keng.engines.link.words import read_words


def test_case_marks_numbers_and_links_do_not_change_what_a_text_says():
    texts = [
        "Vui lòng chuyển 500.000đ vào tài khoản dưới đây để nhận quà",
        "VUI LONG CHUYEN 2tr VAO TAI KHOAN DUOI DAY DE NHAN QUA https://lua.top/x1",
        "Vui lòng c.h.u.y.ể.n vào tài kho\u200bản dưới đây để nhận quà",
        "Vui lòng chuyển vào tài khoản dưới đây để nhận tiền",
    ]
    words = read_words(texts)
    assert words.story[0] == words.story[1] == words.story[2] != words.story[3]
    assert (words.phrases[0] == words.phrases[1]).all() and (words.sketch[0] == words.sketch[2]).all()


def test_a_text_reads_the_same_in_whatever_company():
    texts = ["", "một hai ba bốn năm sáu bảy tám", "a b", "tám bảy sáu năm bốn ba hai một", "\ud800 x" * 9]
    together = read_words(texts)
    for number, text in enumerate(texts):
        alone = read_words([text])
        assert (alone.phrases[0] == together.phrases[number]).all()
        assert (alone.sketch[0] == together.sketch[number]).all()
        assert alone.story[0] == together.story[number]
    assert together.story[0] == together.story[2] == 0


def test_components_are_those_of_a_plain_search():
    dice = random.Random(1)
    for _ in range(50):
        count = dice.randint(1, 40)
        edges = [(dice.randrange(count), dice.randrange(count)) for _ in range(dice.randint(0, count))]
        found = components(count, np.array([a for a, _ in edges], int), np.array([b for _, b in edges], int))
        assert found.tolist() == [min(_reached(node, edges)) for node in range(count)]


def _reached(node: int, edges: list[tuple[int, int]]) -> set[int]:
    seen = {node}
    while True:
        more = {b for a, b in edges if a in seen} | {a for a, b in edges if b in seen}
        if more <= seen:
            return seen
        seen |= more


def test_sides_are_what_is_left_when_a_unit_is_gone():
    dice = random.Random(2)
    for _ in range(200):
        units, labels = dice.randint(1, 8), dice.randint(1, 8)
        shares = {u: sorted(dice.sample(range(labels), dice.randint(1, min(3, labels)))) for u in range(units)}
        sizes = {label: dice.randint(0, 4) for label in range(labels)}
        found = {
            unit: sorted((sorted(side.labels), side.size) for side in its)
            for unit, its in sides(shares, dict.fromkeys(shares, 1), sizes)
        }
        assert found == _plain_sides(shares, sizes)


def _plain_sides(shares: dict[int, list[int]], sizes: dict[int, int]) -> dict[int, list[tuple[list[int], int]]]:
    result = {}
    for gone, labels in shares.items():
        edges = [(f"u{u}", f"l{label}") for u, its in shares.items() if u != gone for label in its]
        parts = {frozenset(_reached_by_name(f"l{label}", edges)) for label in labels}
        if len(parts) > 1:
            result[gone] = sorted(
                (
                    sorted(label for label in labels if f"l{label}" in part),
                    sum(1 if name[0] == "u" else sizes[int(name[1:])] for name in part),
                )
                for part in parts
            )
    return result


def _reached_by_name(node: str, edges: list[tuple[str, str]]) -> set[str]:
    seen = {node}
    while True:
        more = {b for a, b in edges if a in seen} | {a for a, b in edges if b in seen}
        if more <= seen:
            return seen
        seen |= more


def test_one_report_does_not_join_what_two_do():
    def labels(bridges: int) -> int:
        report = [0, 1, 2, 3, 4, 5] + [6 + one for one in range(bridges) for _ in (0, 1)]
        node = [0, 0, 0, 1, 1, 1] + [0, 1] * bridges
        count = 6 + bridges
        graph = Graph(count, 2, np.array(report), np.array(node), np.arange(count, dtype=np.uint64))
        return len(set(partition(graph)[:6].tolist()))

    assert (labels(0), labels(1), labels(2)) == (2, 2, 1)
