"""A graph drawn by the server: everything inside the box, nothing over anything, the same for the same."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.look import graphs
from keng.look.graphs import Line, Node

MOST_BYTES = 40_000


def nodes(count):
    kinds = ("account", "phone", "domain", "social", "wallet")
    return [
        Node(kinds[at % 5], f"…{at:04}", f"Giá trị {at}: {at + 2} báo cáo", at + 2, f"/rows/{at}/")
        for at in range(count)
    ]


def page(graph):
    return render_to_string("look/parts/graph.html", {"graph": graph, "caption": "Thử"})


LINES = st.lists(st.builds(Line, st.integers(0, 44), st.integers(0, 44), st.integers(1, 500)), max_size=90)


@given(st.integers(0, 45), LINES)
@settings(max_examples=40, deadline=None)
def test_every_node_stands_inside_and_over_no_other(count, lines):
    kept = [one for one in lines if one.left < count and one.right < count]
    drawn = graphs.drawn(nodes(count), kept)
    _x, _y, width, height = map(float, drawn["box"].split())
    places = [(float(one["x"]), float(one["y"])) for one in drawn["nodes"]]
    assert len(places) == min(count, graphs.MOST_NODES)
    assert all(15 <= x <= width - 15 and 15 <= y <= height - 15 for x, y in places)
    near = [1 for at, (x, y) in enumerate(places) for u, v in places[:at] if abs(x - u) < 24 and abs(y - v) < 24]
    assert near == []


def test_the_same_graph_is_the_same_drawing():
    lines = [Line(0, 1, 4), Line(1, 2, 1), Line(3, 4, 9)]
    assert page(graphs.drawn(nodes(7), lines)) == page(graphs.drawn(nodes(7), lines))


def test_each_node_is_a_link_that_says_what_the_list_says():
    drawn = graphs.drawn(nodes(6), [Line(0, 1, 4), Line(0, 2, 8), Line(3, 4, 1)])
    html = page(drawn)
    assert re.findall(r'<a href="(/rows/\d/)" aria-label="(\d)\. Giá trị', html) == [
        (f"/rows/{at}/", str(at + 1)) for at in range(6)
    ]
    assert [one["also"] for one in drawn["nodes"]] == [[3, 2], [1], [1], [5], [4], []]


def test_a_line_of_one_report_is_broken_and_said_to_be():
    assert 'class="weak"' in page(graphs.drawn(nodes(2), [Line(0, 1, 1)]))
    assert "Nét đứt" in page(graphs.drawn(nodes(2), [Line(0, 1, 1)]))
    strong = page(graphs.drawn(nodes(2), [Line(0, 1, 2)]))
    assert "weak" not in strong
    assert "Nét đứt" not in strong


def test_a_hub_is_grey_with_its_reason():
    hub = Node("phone", "156", "Số điện thoại 156: 40 báo cáo. Ai cũng nói tới", 40, "/rows/", "Ai cũng nói tới")
    html = page(graphs.drawn([*nodes(2), hub], [Line(0, 2, 5)]))
    assert re.search(r'aria-label="3\. [^"]*Ai cũng nói tới" class="hub"', html)
    assert 'class="to-hub"' in html
    assert "Xám" in html


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_full_graph_is_light_and_its_numbers_are_numbers_in_every_language(language):
    from django.utils import translation

    lines = [Line(at, (at * 7 + 3) % 40, 1 + at) for at in range(40)]
    with translation.override(language):
        html = page(graphs.drawn(nodes(40), lines))
    assert len(html.encode()) < MOST_BYTES
    assert not re.search(r'(?:x1|y1|x2|y2|stroke-width)="[^"]*,', html)
