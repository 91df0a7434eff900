"""What must be true before a measure goes out. Each check returns what it established, or refuses with the reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings

from keng.base.errors import InputError, RefusedError
from keng.base.times import day_in_vietnam
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.kinds import OBJECTS, SCOPES_OF, Kind, Target
from keng.desk.fraud.measures.models import DONE, OPEN_STATES, UNANSWERED, Measure, MeasureState, Request, Wrong
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.people.models import Officer
from keng.engines.extract.names import suffix_of
from keng.vietnam import rules
from keng.vietnam.phones import is_known_short

LONGEST_REASON = 500
LONGEST_NUMBER = 100
LONGEST_BODY = 200


def check_basis(kind: Kind, code: str, named: reports.Named, now: datetime) -> rules.Basis:
    """The basis, if it is in force for this kind, fits the report and is confirmed (or the demo is on).

    Raises InputError `no_basis`; RefusedError `unconfirmed_basis`, `no_named_loss`.
    """
    basis = rules.find_basis(code, day_in_vietnam(now))
    if basis is None or basis.measure != kind.value:
        raise InputError("no_basis", refusals.NO_BASIS, field="basis")
    if basis.confirmed_by is None and not settings.KENG_DEMO:
        raise RefusedError("unconfirmed_basis", refusals.UNCONFIRMED_BASIS, field="basis")
    if kind == Kind.TAKE_DOWN_PAGE and basis.ground != rules.Ground.IDENTITY_ABUSE and named.loss is None:
        raise RefusedError("no_named_loss", refusals.NO_NAMED_LOSS, field="basis")
    return basis


def check_basis_stands(measure: Measure, now: datetime) -> None:
    """Return if the basis of an earlier day is still in force. Raises InputError `no_basis`."""
    if rules.find_basis(measure.basis, day_in_vietnam(now)) is None:
        raise InputError("no_basis", refusals.NO_BASIS, field="basis")


def check_target(kind: Kind, target: Target, named: reports.Named) -> None:
    """Return if the report is open and names this object, and the kind acts on such objects.

    Raises InputError; RefusedError `report_closed`, `public_number`, `whole_suffix`.
    """
    if named.is_closed:
        raise RefusedError("report_closed", refusals.REPORT_CLOSED)
    if target.kind not in OBJECTS[kind]:
        raise InputError("wrong_object_kind", refusals.WRONG_OBJECT_KIND, field="object")
    if (target.kind, target.value) not in named.objects:
        raise InputError("other_object", refusals.OTHER_OBJECT, field="object")
    if kind == Kind.BLOCK_NUMBER and is_known_short(target.value):
        raise RefusedError("public_number", refusals.PUBLIC_NUMBER, field="object")
    if kind == Kind.SUSPEND_DOMAIN and not _is_somebodys_own(target.value):
        raise RefusedError("whole_suffix", refusals.WHOLE_SUFFIX, field="object")


def check_amount(
    kind: Kind, amount: int | None, named: reports.Named, now: datetime, besides: Measure | None = None
) -> None:
    """Return if a hold asks for no more than is left of the loss, and any other kind for no money.

    Raises InputError `amount_for_hold`, `no_loss`, `other_object`, `too_much`.
    """
    if (amount is None) is (kind == Kind.HOLD_FUNDS):
        raise InputError("amount_for_hold", refusals.AMOUNT_FOR_HOLD, field="amount")
    if amount is None:
        return
    if named.loss is None:
        raise InputError("no_loss", refusals.NO_LOSS)
    if not 0 < amount <= left_to_hold(named.loss, now, besides=besides):
        raise InputError("too_much", refusals.TOO_MUCH, field="amount")


def left_to_hold(loss: reports.LossFacts, now: datetime, *, besides: Measure | None = None) -> int:
    """What of a loss no standing hold holds, or may still come to hold."""
    rows = Measure.objects.filter(report_id=loss.report_id, kind=Kind.HOLD_FUNDS.value, state__in=OPEN_STATES)
    rows = rows.exclude(pk=besides.pk if besides else None).prefetch_related("requests")
    return loss.amount - sum(_may_hold(row, now) for row in rows)


def check_document(kind: Kind, number: str, day: date | None, body: str, now: datetime) -> None:
    """Return if the written decision is complete where one is needed, or left out. Raises InputError `no_document`."""
    told = (bool(number.strip()), day is not None, bool(body.strip()))
    if not all(told) and (kind == Kind.RESTRICT_ACCOUNT or any(told)):
        raise InputError("no_document", refusals.NO_DOCUMENT, field="document_number")
    if day is not None and day > day_in_vietnam(now):
        raise InputError("no_document", refusals.DOCUMENT_TO_COME, field="document_date")


def check_suggestion(kind: Kind, suggested_by: str) -> None:
    """Return unless an engine's finding would restrict an account. Raises RefusedError `not_by_engine`."""
    if suggested_by and kind == Kind.RESTRICT_ACCOUNT:
        raise RefusedError("not_by_engine", refusals.NOT_BY_ENGINE)


def check_scope(kind: Kind, target: Target, scope: tuple[str, ...]) -> str:
    """The codes of the data to keep, as stored. Raises InputError `no_scope`."""
    if kind != Kind.PRESERVE_DATA:
        if scope:
            raise InputError("no_scope", refusals.WRONG_OBJECT_KIND, field="scope")
        return ""
    known = [code for code in SCOPES_OF[target.kind] if code in scope]
    if not known or len(known) != len(set(scope)):
        raise InputError("no_scope", refusals.NO_SCOPE, field="scope")
    return " ".join(known)


def check_delay(reason: str, days: int, now: datetime) -> datetime | None:
    """The moment at which the delayed notice goes out; None for no delay. Raises InputError `bad_delay`."""
    if not reason.strip() and not days:
        return None
    most = rules.limit("notice.delay_at_most", day_in_vietnam(now))
    if not reason.strip() or not 0 < days <= most.value:
        raise InputError("bad_delay", refusals.BAD_DELAY.filled(days=most.value), field="delay_days")
    return now + timedelta(days=days)


def check_reason(reason: str) -> str:
    """The reason without control characters and space around it. Raises InputError `no_reason`, also for signs without a word."""
    told = without_controls(reason).strip()
    if not any(sign.isalnum() for sign in told):
        raise InputError("no_reason", refusals.NO_REASON, field="reason")
    return told[:LONGEST_REASON]


def without_controls(text: str) -> str:
    """The text without control characters but line feeds and tabs: PostgreSQL stores no NUL."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")


def check_class(wrong: str, *, needed: bool) -> str:
    """The class of a wrongful measure, of the closed list; empty if none is needed. Raises InputError `bad_class`."""
    if wrong in Wrong.values or (not wrong and not needed):
        return wrong
    raise InputError("bad_class", refusals.BAD_CLASS, field="wrong")


def check_urgent_path(officer: Officer, now: datetime) -> None:
    """Return if the one-officer path is open to this officer. Raises RefusedError `path_closed`."""
    day = day_in_vietnam(now)
    since = now - rules.limit("urgent_hold.unconfirmed_window", day).time
    fallen = Measure.objects.filter(proposed_by=officer, urgent=True, proposed_at__gte=since)
    declined = fallen.filter(state__in=(MeasureState.DECLINED, MeasureState.LAPSED)).count()
    overdue = fallen.filter(state=MeasureState.UNCONFIRMED, confirm_by__lte=now).count()
    if declined + overdue >= rules.limit("urgent_hold.unconfirmed_times", day).value:
        raise RefusedError("path_closed", refusals.PATH_CLOSED)


def _may_hold(measure: Measure, now: datetime) -> int:
    requests = list(measure.requests.all())
    if not requests:
        return measure.amount or 0
    return sum(_may_hold_at(request, measure, now) for request in requests)


def _may_hold_at(request: Request, measure: Measure, now: datetime) -> int:
    if request.until <= now:
        return 0
    if request.state in UNANSWERED:
        return measure.amount or 0
    return request.held_amount if request.state in DONE else 0


def _is_somebodys_own(name: str) -> bool:
    """Whether a name is more than a public suffix such as `com.vn`."""
    return "." in name and suffix_of(f"x.{name}") != name
