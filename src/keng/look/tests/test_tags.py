"""What the components render: escaped, without inline style or script, empty and full."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from keng.look.pages import specimen

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    with translation.override("vi"):
        return Template("{% load keng %}" + source).render(Context({"now": NOW, **context}))


class SmallForm(forms.Form):
    amount = forms.CharField(
        label="Số tiền", help_text="Gần đúng cũng được.", error_messages={"required": "Hãy ghi số tiền"}
    )
    nonce = forms.CharField(widget=forms.HiddenInput, error_messages={"required": "Trang này quá cũ"})

    def clean(self) -> None:
        self.add_error(None, "Không gửi được")


def test_a_clock_reads_the_pages_time_and_tells_keng_js_what_it_needs() -> None:
    html = render("{% clock at near=60 over=600 %}", at=NOW - timedelta(minutes=4, seconds=9))
    assert ">04:09<" in html
    assert (
        'class="clock is-near" data-clock="up" datetime="2026-11-21T07:25:51Z" data-near="60" data-over="600"' in html
    )


def test_a_clock_of_nothing_is_a_dash() -> None:
    assert render("{% clock at %}", at=None).strip() == "–"


def test_a_chip_says_its_state_by_words_and_glyph() -> None:
    html = render('{% chip "held" %}')
    assert "Đang giữ" in html
    assert "<svg" in html
    assert 'class="chip good"' in html


def test_marked_text_marks_escapes_and_keeps_every_letter() -> None:
    pieces = [
        {"text": "<b>gọi ", "kind": None},
        {"text": "0912 345 678", "kind": "phone"},
        {"text": "\n&", "kind": None},
    ]
    html = render("{% marked pieces %}", pieces=pieces)
    assert '&lt;b&gt;gọi <mark data-kind="Số điện thoại">0912 345 678</mark>\n&amp;</p>' in html


def test_the_bar_of_money_divides_the_whole() -> None:
    html = render("{% money_progress 4000000 4000000 1000000 2000000 %}")
    assert re.findall(r'class="bar-(\w+)" x="([\d.]+)" width="([\d.]+)"', html) == [
        ("held", "0.00", "25.00"),
        ("waiting", "25.00", "25.00"),
        ("gone", "50.00", "50.00"),
    ]


@pytest.mark.parametrize(("brief", "lines"), [(False, 4), (True, 2)])
def test_a_brief_table_of_money_leaves_out_the_lines_of_nothing(brief: bool, lines: int) -> None:
    page = render("{% money_progress 4800000 1300000 1300000 0 brief=brief %}", brief=brief)

    assert page.count("<dt>") == lines


def test_money_that_nobody_knows_has_no_bar() -> None:
    html = render("{% money_progress None %}")
    assert "<rect" not in html
    assert "–" in html


def test_a_timeline_says_what_is_done_and_where_one_stands() -> None:
    steps = [
        {"state": "done", "label": "Nhận", "at": NOW},
        {"state": "now", "label": "Hỏi", "by": NOW + timedelta(hours=1)},
    ]
    html = render("{% timeline steps %}", steps=steps)
    assert "(đã xong)" in html
    assert 'aria-current="step"' in html
    assert "muộn nhất" in html
    assert "21/11/2026 15:30" in html


def test_a_thread_puts_the_viewers_own_words_to_the_right_and_escapes_them() -> None:
    letters = [
        {"side": "citizen", "at": NOW, "text": "<i>dạ\ncòn"},
        {"side": "officer", "who": "Cô Nhung", "at": NOW, "text": "?"},
    ]
    html = render("{% thread letters %}", letters=letters)
    assert (
        html.index('class="mine"')
        < html.index("&lt;i&gt;dạ<br>còn")
        < html.index('class="theirs"')
        < html.index("Cô Nhung")
    )


def test_the_list_of_errors_leads_to_the_fields_that_can_be_seen() -> None:
    html = render("{% errors form %}", form=SmallForm({}))
    assert '<a href="#id_amount">Hãy ghi số tiền</a>' in html
    assert "<li>Trang này quá cũ</li>" in html
    assert "<li>Không gửi được</li>" in html


@pytest.mark.parametrize("form", [None, "", SmallForm()])
def test_there_is_no_list_of_errors_without_a_sent_form(form: Any) -> None:
    assert render("{% errors form %}", form=form).strip() == ""


def test_a_field_names_its_hint_and_error_to_screen_readers() -> None:
    html = render('{% field form.amount suffix="đ" inputmode="numeric" %}', form=SmallForm({}))
    assert 'aria-describedby="id_amount_hint id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'inputmode="numeric"' in html
    assert 'id="id_amount_hint"' in html
    assert 'id="id_amount_error"' in html


def test_a_step_with_a_reason_posts_with_the_pages_token() -> None:
    html = render('{% confirm "/x" "Thôi giữ" letter="u" ident="u1" %}', csrf_token="t0ken")
    assert 'name="csrfmiddlewaretoken" value="t0ken"' in html
    assert 'data-key="u"' in html
    assert re.search(r'<textarea id="u1-reason" name="reason"[^>]* required>', html)


def test_a_card_escapes_its_title_and_keeps_its_content() -> None:
    html = render('{% card title=title tone="urgent" %}<p>trong</p>{% endcard %}', title="<b>")
    assert html == '<section class="card urgent"><h2>&lt;b&gt;</h2><p>trong</p></section>'


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_specimen_page_shows_everything_under_the_strict_policy(language: str) -> None:
    with translation.override(language):
        html = specimen(RequestFactory().get("/mau/")).content.decode()
    assert f'<html lang="{language}"' in html
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<style|<script(?! type=\"module\" src=)|\son\w+=|\sstyle=", html)


def test_words_of_a_template_are_said_in_each_readers_language() -> None:
    source = "{% load i18n keng %}{% translate 'Đóng' %}|{% translate words %}|{% translate 'Đóng' as kept %}{{ kept }}"
    page = Template(source)
    for language, close in (("vi", "Đóng"), ("en", "Close"), ("vi", "Đóng")):
        with translation.override(language):
            assert page.render(Context({"words": "<b>"})) == f"{close}|&lt;b&gt;|{close}"


def test_an_address_that_takes_something_is_made_anew_each_time() -> None:
    page = Template("{% load keng %}{% url 'public:home' %} {% url 'public:track' code %} {% url name %}")
    for code, name in (("A", "public:home"), ("B", "public:track_ask")):
        told = page.render(Context({"code": code, "name": name})).split()
        assert told == ["/", f"/theo-doi/{code}/", "/" if code == "A" else "/theo-doi/"]


def test_what_is_repeated_is_escaped() -> None:
    steps = [{"state": "failed", "label": "<i>", "note": "<b>", "at": NOW}]
    html = render("{% timeline steps %}", steps=steps)
    assert "&lt;i&gt;" in html and "&lt;b&gt;" in html and "(không được)" in html
    rows = [{"url": "/?a&b", "told": '"<', "kind": "measure", "shape": "M0", "x": "1", "y": "2"}]
    html = render('{% repeat "marks" rows %}', rows=rows)
    assert 'href="/?a&amp;b"' in html and "&quot;&lt;" in html
