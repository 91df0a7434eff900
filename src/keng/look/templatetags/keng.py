"""Filters and components used by every page: `{% load keng %}`. Each larger component is one template under look/parts/."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import template
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import do_translate
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext

from keng.base import clock as desk_clock
from keng.base.times import VIETNAM
from keng.base.times import iso as in_iso
from keng.look import repeated
from keng.look.states import KINDS, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.forms import BoundField, Form
    from django.utils.safestring import SafeString

register = template.Library()

REPEATED = {
    "bars": repeated.bars,
    "marks": repeated.marks,
    "counted": repeated.counted,
    "lines": repeated.lines,
    "nodes": repeated.nodes,
    "words": repeated.words,
}
NO_BREAK_SPACE = "\u00a0"
UNKNOWN = "–"
MINUTE, HOUR, DAY = 60, 3600, 86400
ACCOUNT_GROUP_DIGITS = 4
NEAR_SECONDS = 300

# What stands a hundred times on a page is no template of its own: rendering one takes five times as long.
CHIP = '<span class="chip {}">{}<span>{}</span></span>'
CLOCK = '<time class="clock {}" data-clock="{}" datetime="{}" data-near="{}" data-over="{}" title="{}">{}</time>'


# --- what is the same for everybody


class Still(template.Node):
    """What depends on the reader's language alone: rendered once for each."""

    def __init__(self, node: template.Node) -> None:
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = self.node.render(context)
        return said


@register.tag
def translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's own tag. Words that stand in the template, of which a page has forty, are looked up once a language."""
    node = do_translate(parser, token)
    words = node.filter_expression
    is_still = words.var.literal is not None and not words.filters and node.asvar is None
    return Still(node) if is_still and _is_fixed(node.message_context) else node


@register.tag
def url(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's own tag. An address that stands in the template and takes nothing is looked up once."""
    node = django_url(parser, token)
    is_still = _is_fixed(node.view_name) and not node.args and not node.kwargs and node.asvar is None
    return Still(node) if is_still else node


def _is_fixed(expression: template.base.FilterExpression | None) -> bool:
    """Whether it is written in the template, or left out."""
    return expression is None or not (expression.is_var or expression.filters)


# --- filters


@register.filter
def vnd(amount: int | None) -> str:
    """`4800000` -> `4.800.000 đ`, with a plain space so that it is found and copied as people write it; unknown: a dash."""
    if amount is None or amount == "":
        return UNKNOWN
    return f"{int(amount):,}".replace(",", ".") + " đ"


@register.filter
def number(count: int | None) -> str:
    """`1204` -> `1.204`."""
    return UNKNOWN if count is None or count == "" else f"{int(count):,}".replace(",", ".")


def _in_vietnam(at: datetime, pattern: str) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown; store and pass aware UTC datetimes")
    return at.astimezone(VIETNAM).strftime(pattern)


@register.filter
def moment(at: datetime | None) -> str:
    """An aware datetime as `21/11/2026 14:05` in Viet Nam."""
    return repeated.moment(at) if at else UNKNOWN


@register.filter
def clock_time(at: datetime | None) -> str:
    """An aware datetime as `14:05` in Viet Nam."""
    return _in_vietnam(at, "%H:%M") if at else UNKNOWN


@register.filter
def clock_seconds(at: datetime | None) -> str:
    """An aware datetime as `14:05:09` in Viet Nam, for what keeps itself fresh."""
    return _in_vietnam(at, "%H:%M:%S") if at else UNKNOWN


@register.filter
def iso(at: datetime | None) -> str:
    """An aware datetime for a `datetime` attribute, in UTC."""
    return in_iso(at) if at else ""


@register.filter
def duration(length: timedelta | float | None) -> str:
    """Seconds or a timedelta in words, the two largest units: `2 giờ 5 phút`."""
    if length is None or length == "":
        return UNKNOWN
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    if seconds < MINUTE:
        return gettext("chưa tới 1 phút")
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    words = [
        days and ngettext("%(n)d ngày", "%(n)d ngày", days) % {"n": days},
        hours and ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours},
        minutes and ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes},
    ]
    return " ".join([word for word in words if word][:2])


@register.filter
def account(value: str | None) -> str:
    """The number of `970436:0071000123456` (or a bare number) in groups of four: `0071 0001 2345 6`."""
    if not value:
        return UNKNOWN
    number = value.rpartition(":")[2]
    groups = [number[at : at + ACCOUNT_GROUP_DIGITS] for at in range(0, len(number), ACCOUNT_GROUP_DIGITS)]
    return NO_BREAK_SPACE.join(groups)


@register.filter
def kind_name(kind: str) -> str:
    """An indicator's kind in words."""
    return str(KINDS.get(str(getattr(kind, "value", kind)), kind))


@register.filter
def phone(value: str | None) -> str:
    """`+84912345678` as people here write it, `0912 345 678`; a number of another country or a short one as it is."""
    if not value:
        return UNKNOWN
    if not value.startswith("+84"):
        return value
    home = "0" + value.removeprefix("+84")
    return NO_BREAK_SPACE.join((home[:-6], home[-6:-3], home[-3:]))


@register.filter
def social(value: str) -> str:
    """`zalo:+84912345678` as `Zalo 0912 345 678`."""
    platform, _colon, handle = value.partition(":")
    return f"{platform.capitalize()} {phone(handle)}"


@register.filter
def digits(number: str | None) -> str:
    """A telephone number without its spaces and dots, for a `tel:` address."""
    return "".join(sign for sign in number or "" if sign.isdigit() or sign == "+")


# --- small signs


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line glyph that screen readers pass over; the words beside it say the same."""
    return repeated.icon(name)


@register.simple_tag(takes_context=True)
def server_now(context: Mapping[str, Any]) -> str:
    """The server's time for `<html data-now>`; `now` of the context when a page fixes it."""
    return iso(context.get("now") or desk_clock.now())


@register.simple_tag
def key(letter: str) -> SafeString:
    """The key that does the same as the control it stands in."""
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', letter)


@register.simple_tag
def chip(state: object, label: str = "") -> SafeString:
    """A state in words with a tone and a glyph. `state` is a code of keng.look.states or an enum member."""
    shown = state_of(state)
    return format_html(CHIP, shown.tone, icon(shown.icon), label or shown.label)


@register.simple_tag(takes_context=True)
def clock(
    context: Mapping[str, Any],
    at: datetime | None,
    direction: str = "up",
    near: int = NEAR_SECONDS,
    over: int = 0,
) -> SafeString | str:
    """Minutes since (`up`) or until (`down`) a moment; keng.js makes it tick.

    up: `near` and `over` are seconds after `at` (0: never). down: `near` is seconds before `at`; it is over at `at`.
    """
    if at is None:
        return UNKNOWN
    elapsed = int(((context.get("now") or desk_clock.now()) - at).total_seconds())
    seconds = elapsed if direction == "up" else -elapsed
    level = clock_level(seconds, direction, near, over)
    return format_html(CLOCK, level, direction, iso(at), near, over, moment(at), clock_text(seconds))


def clock_text(seconds: int) -> str:
    """`04:09`, `2:04:09`, `3 ngày 4 giờ`; below zero `quá 04:09`. keng.js says the same."""
    if seconds < 0:
        return gettext("quá %(time)s") % {"time": clock_text(-seconds)}
    if seconds >= DAY:
        return f"{seconds // DAY} {gettext('ngày')} {seconds % DAY // HOUR} {gettext('giờ')}"
    hours, minutes, rest = seconds // HOUR, seconds % HOUR // MINUTE, seconds % MINUTE
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def clock_level(seconds: int, direction: str, near: int, over: int) -> str:
    """`is-over`, `is-near` or nothing."""
    if direction == "down":
        return "is-over" if seconds < 0 else "is-near" if seconds <= near else ""
    return "is-over" if over and seconds >= over else "is-near" if near and seconds >= near else ""


# --- components


@register.inclusion_tag("look/parts/money.html")
def money(amount: int | None, label: str = "", tone: str = "") -> dict[str, Any]:
    """One figure of money with what it is."""
    return {"amount": amount, "label": label, "tone": tone}


@register.inclusion_tag("look/parts/work_progress.html")
def work_progress(counts: Mapping[str, int]) -> dict[str, Any]:
    """How far many rows are, counted from them: figures and a bar of done, failed, left, dropped; `total` is their sum."""
    parts = [(name, counts[name]) for name in ("done", "failed", "left", "dropped")]
    return {**dict(parts), "total": counts["total"], "bar": _bar(parts, counts["total"])}


@register.inclusion_tag("look/parts/money_progress.html")
def money_progress(
    lost: int | None, asked: int = 0, held: int = 0, gone: int = 0, brief: bool = False
) -> dict[str, Any]:
    """What was lost, and of it: held, asked for and not answered, gone. Figures, and a bar where the whole is known.

    `asked` is the whole sum asked of banks, answered or not; amounts in đồng. `brief` leaves out the lines of nothing.
    """
    waiting = max(asked - held - gone, 0)
    whole = max(lost or 0, held + waiting + gone)
    parts = [("held", held), ("waiting", waiting), ("gone", gone)]
    bar = _bar(parts, whole)
    return {"lost": lost, "held": held, "waiting": waiting, "gone": gone, "bar": bar, "whole": whole, "brief": brief}


def _bar(parts: list[tuple[str, int]], whole: int) -> list[dict[str, str]]:
    """Where each part of a bar of 100 begins, and how wide it is; parts of nothing are left out."""
    bar, start = [], 0.0
    for name, amount in parts:
        width = round(100 * amount / whole, 2) if whole else 0
        if width:
            bar.append({"name": name, "x": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return bar


@register.simple_tag
def timeline(steps: Sequence[Mapping[str, Any]]) -> SafeString:
    """Steps of {state: done|now|next|failed, label, at?, by?, note?}; `at` when it happened, `by` until when it will."""
    return format_html('<ol class="timeline">\n  {}\n</ol>', repeated.steps(steps))


@register.simple_tag
def repeat(what: str, rows: Sequence[Mapping[str, Any]]) -> SafeString:
    """Each of these as `keng.look.repeated` writes it: "bars", "marks", "counted", "lines", "nodes", "words"."""
    return REPEATED[what](rows)


@register.inclusion_tag("look/parts/marked.html")
def marked(segments: Sequence[Any]) -> dict[str, Any]:
    """A text given as segments of {text, kind or None}: indicators stand out, by mark, line and word."""
    return {"segments": segments}


@register.inclusion_tag("look/parts/thread.html")
def thread(letters: Sequence[Any], viewer: str = "citizen", nothing: str = "") -> dict[str, Any]:
    """Messages of {side: citizen|officer, who?, at, text}; the viewer's own stand to the right."""
    return {"letters": letters, "viewer": viewer, "nothing": nothing}


@register.inclusion_tag("look/parts/nothing.html")
def nothing(title: str, text: str = "", icon: str = "ring") -> dict[str, Any]:
    """What a page says when there is nothing to show: what that means, and what will make something come."""
    return {"title": title, "text": text, "icon": icon}


@register.inclusion_tag("look/parts/table.html")
def table(caption: str, columns: Sequence[Any], rows: Sequence[Mapping[str, Any]], empty: str = "") -> dict[str, Any]:
    """A plain table. Columns of {key, label, kind: text|money|moment|account|state|code}; rows are mappings."""
    cells = [[{"column": column, "value": row.get(column["key"])} for column in columns] for row in rows]
    return {"caption": caption, "columns": columns, "rows": cells, "empty": empty}


@register.inclusion_tag("look/parts/errors.html")
def errors(form: Form | str | None) -> dict[str, Any]:
    """The list of what must be put right, above the form, each line leading to its field."""
    found = []
    for name, messages in form.errors.items() if form and form.is_bound else ():
        target = form[name].id_for_label or form[name].auto_id if name in form.fields else ""
        hidden = name in form.fields and form.fields[name].widget.is_hidden
        found += [{"target": "" if hidden else target, "text": message} for message in messages]
    return {"errors": found}


@register.inclusion_tag("look/parts/field.html")
def field(bound: BoundField, suffix: str = "", optional: bool = False, **attributes: str) -> dict[str, Any]:
    """A field with its label, hint (the field's help text) and errors; other arguments become attributes.

    An underscore in an attribute's name stands for a hyphen: `aria_label="..."`.
    """
    about = [f"{bound.auto_id}_{part}" for part, there in (("hint", bound.help_text), ("error", bound.errors)) if there]
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    if about and not bound.use_fieldset:
        attrs["aria-describedby"] = " ".join(about)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {"field": bound, "control": bound.as_widget(attrs=attrs), "suffix": suffix, "optional": optional}


@register.inclusion_tag("look/parts/confirm.html", takes_context=True)
def confirm(
    context: Mapping[str, Any],
    action: str,
    label: str,
    *,
    question: str = "",
    reason: str = "",
    letter: str = "",
    tone: str = "",
    ident: str = "",
    needs_reason: bool = True,
    fields: Mapping[str, str] | None = None,
    choices: Sequence[tuple[str, str]] = (),
    choice_name: str = "",
    choice_label: str = "",
    choice_none: str = "",
) -> dict[str, Any]:
    """A step that needs a reason: opens in place, asks, and posts `reason` to `action`. Works without script.

    `ident` must be unique on the page; `letter` is the key that opens it; `fields` are hidden inputs. `choices` are offered as
    `choice_name`, with `choice_none` for leaving it open.
    """
    return {
        "action": action,
        "label": label,
        "question": question,
        "reason": reason,
        "letter": letter,
        "tone": tone,
        "ident": ident or "confirm",
        "needs_reason": needs_reason,
        "fields": fields or {},
        "choices": choices,
        "choice_name": choice_name,
        "choice_label": choice_label,
        "choice_none": choice_none,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.simple_block_tag
def card(content: str, title: str = "", tone: str = "", ident: str = "") -> SafeString:
    """A sheet of paper: `{% card title=... tone="urgent|accent|" ident=... %}...{% endcard %}`."""
    head = format_html("<h2>{}</h2>", title) if title else ""
    tag_id = format_html(' id="{}"', ident) if ident else ""
    return format_html('<section class="card {}"{}>{}{}</section>', tone, tag_id, head, content)
