"""The review's pages: what an address may ask for, that page and file agree, what is told of what is not known."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.desk.steering.review import figures

HERE = "/ban/tong-ket/"
MOST_QUERIES = 95


def page_of(reply):
    assert reply.status_code == 200, reply.content.decode()[-600:]
    return reply.content.decode()


def rows_of(client, query):
    return list(csv.DictReader(io.StringIO(client.get(f"{HERE}?{query}&format=csv").content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_says_what_its_figures_are_not(desk, enter, language):
    page = page_of(enter(desk.cast.first).get(f"{HERE}?lang={language}"))

    words = {"vi": "Báo cáo không phải là vụ phạm tội", "en": "A report is not a crime"}
    assert words[language] in page
    for figure in figures.table().values():
        assert figure.definition.in_language(language)[:40] in page


def test_money_returned_is_told_as_not_known(desk, enter):
    client = enter(desk.cast.first)

    shown = re.search(r'data-figure="returned".*?</tr>', page_of(client.get(HERE)), re.DOTALL)
    assert shown and ">–<" in shown[0] and ">0" not in shown[0]
    assert [row["value"] for row in rows_of(client, "") if row["figure"] == "returned"] == [""]


@pytest.mark.parametrize("query", ["", "moc=2025-06-30", "ky=year", "ky=span&tu=2026-01-01&den=2026-12-31", "so=lost"])
def test_the_file_holds_what_the_page_shows(desk, enter, query):
    client = enter(desk.cast.first)
    page = page_of(client.get(f"{HERE}?{query}"))
    shown = dict(re.findall(r'data-figure="(\w+)".*?class="right figures value">(?:<a[^>]*>)?([^<]*)', page, re.DOTALL))
    told = {row["figure"]: row["value"] for row in rows_of(client, query) if not row["province_code"]}

    assert set(told) == set(shown) == set(figures.table())
    for code, figure in figures.table().items():
        if figure.unit in ("rows", "dong"):
            assert told[code] == shown[code].replace(".", "").removesuffix(" đ").replace("–", ""), code


@pytest.mark.parametrize(
    "query",
    ["so=nothing", "ngay=2026-02-30", "ngay=1200-01-01", "moc=x", "ky=span&tu=2026-02-01&den=2026-01-01", "moc=9999-12-31"],
)  # fmt: skip
@pytest.mark.parametrize("path", [HERE, f"{HERE}dong/", f"{HERE}tinh/01/"])
def test_what_cannot_be_asked_for_is_refused_in_words(desk, enter, path, query):
    reply = enter(desk.cast.first).get(f"{path}?{query}")

    assert reply.status_code == 422
    assert "Traceback" not in reply.content.decode()


@pytest.mark.parametrize(
    "query", ["noi=99", "noi=%00", "xa=99999&thoi=34", "xa=01&thoi=12", "so=returned", "so=uncovered"]
)
def test_rows_of_no_place_and_of_no_rows_are_refused(desk, enter, query):
    assert enter(desk.cast.first).get(f"{HERE}dong/?{query}").status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "٣", "2"])
def test_any_page_of_rows_opens(desk, enter, page):
    assert enter(desk.cast.first).get(f"{HERE}dong/", {"trang": page}).status_code == 200


def test_the_way_to_the_other_language_keeps_what_was_asked(desk, enter):
    page = page_of(enter(desk.cast.first).get(f"{HERE}?ky=day&ngay=2026-11-20&so=lost&moc=2025-06-30"))

    assert "?ky=day&amp;ngay=2026-11-20&amp;so=lost&amp;moc=2025-06-30&amp;lang=en" in page


def test_a_review_of_thirty_takes_as_many_queries_as_one_of_one(cast, enter):
    client = enter(cast.first)

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            page_of(client.get(path))
        return len(captured)

    cast.hold(cast.report(place="01"))
    paths = (HERE, f"{HERE}?moc=2025-06-30", f"{HERE}dong/?so=sent", f"{HERE}tinh/01/")
    with_one = [queries(path) for path in paths]
    for _ in range(29):
        cast.hold(cast.report(place="01"))

    assert [queries(path) for path in paths] <= with_one
    assert max(with_one) <= MOST_QUERIES
