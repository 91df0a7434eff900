"""What stands fifty times on a page, written without a template: rendering one for each takes ten times as long.

Everything goes through `format_html`, which escapes it. The page's own templates say where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from keng.base.times import VIETNAM
from keng.base.times import iso as in_iso
from keng.look.states import ICONS, STEP_ICONS

Row = Mapping[str, Any]
NOTHING = mark_safe("")
CURRENT = mark_safe(' aria-current="step"')
HUB = mark_safe(' class="hub"')
ICON = '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
STEP = """<li class="step-{}"{}>
    <span class="step-sign">{}</span>
    <div>
      <p class="step-label">{}{}</p>
      {}
      {}
    </div>
  </li>"""
BAR = '<a{} aria-label="{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}"/></a>'
MARK = '<a{} class="mark-{}" aria-label="{}"><title>{}</title><path d="{}" transform="translate({} {})"/></a>'
COUNTED = '<tr><td class="figures">{}</td><td class="right figures">{}</td></tr>'
LINE = '<line{} x1="{}" y1="{}" x2="{}" y2="{}" stroke-width="{}"/>'
NODE = '<a href="{}" aria-label="{}. {}"{}><title>{}</title><path d="{}" transform="translate({} {})"/></a>'
WORDS = (
    '<g transform="translate({} {})"{}><text class="number" dy=".35em">{}</text>'
    '<text class="short" y="28">{}</text></g>'
)


@cache
def icon(name: str) -> SafeString:
    """A line glyph that screen readers pass over."""
    return format_html(ICON, ICONS[name])


def moment(at: datetime) -> str:
    """An aware datetime as `21/11/2026 14:05` in Viet Nam."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown; store and pass aware UTC datetimes")
    local = at.astimezone(VIETNAM)
    return f"{local.day:02}/{local.month:02}/{local.year:04} {local.hour:02}:{local.minute:02}"


def number(count: int) -> str:
    """`1204` -> `1.204`."""
    return f"{count:,}".replace(",", ".")


def steps(rows: Iterable[Row]) -> SafeString:
    """The lines of a timeline: {state: done|now|next|failed, label, at?, by?, note?}."""
    said = {"done": _unseen(gettext("đã xong")), "failed": _unseen(gettext("không được"))}
    at_latest = gettext("muộn nhất")
    return format_html_join("", STEP, (_step(row, said, at_latest) for row in rows))


def _unseen(words: str) -> SafeString:
    return format_html('<span class="unseen"> ({})</span>', words)


def _step(row: Row, said: Mapping[str, SafeString], at_latest: str) -> tuple[Any, ...]:
    state = str(getattr(row["state"], "value", row["state"]))
    at, by, note = row.get("at"), row.get("by"), row.get("note")
    when = NOTHING
    if at:
        when = format_html('<p class="quiet"><time datetime="{}">{}</time></p>', in_iso(at), moment(at))
    elif by:
        when = format_html('<p class="quiet">{} <time datetime="{}">{}</time></p>', at_latest, in_iso(by), moment(by))
    return (
        state,
        CURRENT if state == "now" else NOTHING,
        icon(STEP_ICONS.get(state, "ring")),
        row["label"],
        said.get(state, NOTHING),
        when,
        format_html("<p>{}</p>", note) if note else NOTHING,
    )


def bars(rows: Iterable[Row]) -> SafeString:
    """The bars of a growth, each a link; steps of nothing have none."""
    return format_html_join(
        "",
        BAR,
        (
            (_to(one["url"]), one["told"], one["told"], one["x"], one["y"], one["width"], one["height"])
            for one in rows
            if one["count"]
        ),
    )


def marks(rows: Iterable[Row]) -> SafeString:
    """What was done, below the bars."""
    return format_html_join(
        "",
        MARK,
        ((_to(one["url"]), one["kind"], one["told"], one["told"], one["shape"], one["x"], one["y"]) for one in rows),
    )


def counted(rows: Iterable[Row]) -> SafeString:
    """The same bars as rows of a table."""
    return format_html_join("", COUNTED, ((moment(one["at"]), _count(one)) for one in rows if one["count"]))


def _count(one: Row) -> SafeString | str:
    told = number(one["count"])
    return format_html('<a href="{}">{}</a>', one["url"], told) if one["url"] else told


def _to(url: str) -> SafeString:
    return format_html(' href="{}"', url) if url else NOTHING


def lines(rows: Iterable[Row]) -> SafeString:
    """The lines of a graph."""
    return format_html_join(
        "",
        LINE,
        (
            (
                format_html(' class="{}"', one["kind"]) if one["kind"] else NOTHING,
                *(one[name] for name in ("x1", "y1", "x2", "y2", "width")),
            )
            for one in rows
        ),
    )


def nodes(rows: Iterable[Row]) -> SafeString:
    """The nodes of a graph, each a link that is read out as the list says it."""
    return format_html_join(
        "",
        NODE,
        (
            (
                *(one[name] for name in ("url", "number", "told")),
                HUB if one["hub"] else NOTHING,
                *(one[name] for name in ("told", "shape", "x", "y")),
            )
            for one in rows
        ),
    )


def words(rows: Iterable[Row]) -> SafeString:
    """What stands on and under each node."""
    return format_html_join(
        "",
        WORDS,
        ((one["x"], one["y"], HUB if one["hub"] else NOTHING, one["number"], one["short"]) for one in rows),
    )
