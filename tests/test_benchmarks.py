from __future__ import annotations

from benchmarks.run import LONG_ON_THE_PAGE, ON_POSTGRESQL, PAGE, RESULTS, SECTIONS, page_text


def test_the_page_is_what_the_kept_figures_give():
    assert PAGE.read_text(encoding="utf-8") == page_text(), (
        "run `make bench`, or benchmarks.run with no section changed"
    )


def test_every_section_has_been_measured():
    assert {path.stem for path in RESULTS.iterdir()} == {*SECTIONS, *ON_POSTGRESQL, *LONG_ON_THE_PAGE}
