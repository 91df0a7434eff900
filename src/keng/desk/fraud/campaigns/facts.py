"""What others are told of campaigns. Every number counts only reports that the officer may see (`reports/scope.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from keng.base.errors import Said


@dataclass(frozen=True, slots=True)
class Line:
    """A campaign in a list. `lost`: whole đồng, each loss once, however many tell it."""

    code: str
    name: str
    name_en: str
    reports: int
    lost: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """A campaign. `lost` counts each loss once; `told_again`: how many reports tell a loss that another one told already,
    `lost_again`: what they told. `version`: the newest judgement that it rests on (0: only the engine's placing), for pins.

    `asked_code`: the code that was asked for; another than `code` if that campaign went into this one.
    `judged`: an officer's judgement stands here, so the engine takes no report out by itself.
    """

    code: str
    asked_code: str
    name: str
    name_en: str
    advice: str
    advice_en: str
    reports: int
    lost: int
    told_again: int
    lost_again: int
    first_at: datetime
    last_at: datetime
    version: int
    judged: bool
    watched: bool
    parts: int


@dataclass(frozen=True, slots=True)
class Member:
    """A report of a campaign. `why_*`: why the engine put it there (kind "text": the value is the likeness, 0..1); `with_code`
    is empty if the officer may not see the report that it was put with. `same_loss`: another report tells the same loss.
    """

    report_id: UUID
    code: str
    channel: str
    received_at: datetime
    is_closed: bool
    is_erased: bool
    amount: int | None
    same_loss: bool
    why_kind: str
    why_value: str
    with_code: str
    stray: bool


@dataclass(frozen=True, slots=True)
class Members:
    """A page of reports, the newest first; `older`: what to ask for as `before` to see the next, None at the end."""

    rows: list[Member]
    older: datetime | None


@dataclass(frozen=True, slots=True)
class Value:
    """A value that reports of a campaign name. `is_hub`: everybody's or told in many campaigns: it says nothing, grey.
    `elsewhere`: other campaigns that name it, of those that the officer may see; counted up to ten.
    `measures`: codes of open measures on it that the officer may see.
    """

    kind: str
    value: str
    reports: int
    elsewhere: int
    is_hub: bool
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day in Vietnam on which reports came."""

    day: date
    reports: int
    lost: int


@dataclass(frozen=True, slots=True)
class Locality:
    """The reports of one unit, and where it stands; `code` and `name` empty: no unit owns them."""

    code: str
    name: str
    place_code: str
    place_on: date | None
    reports: int
    lost: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Two values that some of the reports looked at name both; indexes into `Graph.nodes`."""

    one: int
    other: int
    reports: int


@dataclass(frozen=True, slots=True)
class Graph:
    """The values of the newest reports of a campaign and which go together. `looked_at`: how many reports were read for it."""

    nodes: list[Value]
    edges: list[Edge]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement as officers read it, newest first. `kind`: a value of `models.Kind`.

    `what`: a sentence; `why`: the reason in words or by value; `by`: a name, or the engine; `undone`: by whom and when, if so.
    `can_undo`: an officer made it and it is live.
    """

    id: int
    kind: str
    what: Said
    why: str
    by: str
    is_engine: bool
    at: datetime
    reports: int
    undone_at: datetime | None
    undone_by: str
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that the engine would do, or that values suggest. Nothing happens unless an officer does it.

    `what`: "join" (`merge` or `keep_apart` this campaign and `other`), or "split" (`split_reports` of `report_ids`, or
    `keep_together`).
    `reasons`: sentences, strongest first. `kind`, `value`: the value that both name, if that is the reason. `is_guess`: nothing but
    how they read speaks for it.
    """

    what: str
    other: str
    other_name: str
    other_reports: int
    report_ids: tuple[UUID, ...]
    reports: int
    kind: str
    value: str
    reasons: tuple[Said, ...]
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure that an officer may propose next: `kind` (a value of measures.kinds.Kind) on this object, filed on that report.

    `amount`: whole đồng that could be held, for a hold. `evidence` and `against` are sentences; both are shown to who decides.
    """

    kind: str
    object_kind: str
    object_value: str
    report_id: UUID
    report_code: str
    amount: int | None
    evidence: tuple[Said, ...]
    against: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """A campaign that the officer watches; `new_reports` came since they opened it last (counted up to 200)."""

    line: Line
    new_reports: int


@dataclass(frozen=True, slots=True)
class Known:
    """A trick that is known: what anybody may read. Never the text of a report."""

    name: str
    name_en: str
    advice: str
    advice_en: str


@dataclass(frozen=True, slots=True)
class OpenedText:
    """The text of one report, opened for a stated purpose. Each is a look that its reporter sees."""

    report_id: UUID
    code: str
    received_at: datetime
    text: str
