"""A register of subscribers or account holders, and the truth about each of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from keng.nation.make.people.citizen_ids import as_citizen_text, as_old_text
from keng.nation.make.people.population import People
from keng.nation.make.plan import Plan
from keng.nation.make.registers.flaws import EMPTY_SHARE, FLAWS, PROVINCE_DIFFERS_SHARE, Row, Scribe
from keng.nation.make.registers.organisations import organisation_names
from keng.nation.make.registers.subjects import Ghost, make_ghosts, make_pools
from keng.nation.make.tables import birthplaces, rows, shares

SIM_LIMIT = 3
MINOR_AGE = {"sim": 14, "account": 15}
FIRST_OPENING_DAY = 14_000  # May 2008; days since 1970
ADULT_DAYS, CHILD_FIRST_DAYS = 19 * 366, 9 * 366
ROWS_PER_HOARDER = 11
OPENED_EMPTY_SHARE = 0.01
FEWEST_ORGANISATIONS = 6
OPENED_AFTER_DEATH_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Register:
    """Columns of a register, one entry a row. `person` and `opened_day` are -1 where there is none; `errors` is of the truth."""

    kind: str
    record_id: list[int] | list[str]
    subscriber: list[str]
    holder_id: list[str | None]
    full_name: list[str | None]
    birth: list[str | None]
    sex: list[str | None]
    province: list[str | None]
    opened_day: np.ndarray
    flaw: np.ndarray
    verdict: list[str]
    person: np.ndarray
    errors: list[list[str]]

    def __len__(self) -> int:
        return len(self.record_id)


def make_register(plan: Plan, people: People, kind: str, record_id: list, subscriber: list[str]) -> Register:
    """A register of `kind` sim or account with the given record_ids. About three quarters of its rows are right."""
    draw = plan.generator(f"register {kind}")
    table = rows("flaws.csv")
    count = len(record_id)
    flaw = draw.choice(
        np.array([r["flaw"] for r in table], dtype=object), count, p=shares([float(r[kind]) for r in table])
    )
    pools = make_pools(people)
    flaw[[len(pools.get(POOL_OF[name], [0])) == 0 for name in flaw]] = (
        "none"  # a village may have no dead or no children
    )
    if kind == "account":
        flaw[:FEWEST_ORGANISATIONS] = "organisation"
    subject = _choose_people(draw, pools, flaw)
    needs_ghost = int(
        np.isin(flaw, ["person_invented", "number_invented", "name_and_dob_empty", "passport", "organisation"]).sum()
    )
    ghosts = iter(make_ghosts(draw, people, needs_ghost))
    taken = frozenset(map(as_citizen_text, people.number.tolist())) | frozenset(
        map(as_old_text, people.old_number.tolist())
    )
    scribe = Scribe(people, taken, plan.dice(f"scribe {kind}"))
    companies = organisation_names(draw, int((flaw == "organisation").sum()))
    written = [_write(scribe, str(flaw[at]), int(subject[at]), ghosts, companies) for at in range(count)]
    opened = _opening_days(draw, people, kind, flaw, subject)
    register = Register(
        kind=kind,
        record_id=record_id,
        subscriber=subscriber,
        holder_id=[row.holder_id for row, _ in written],
        full_name=[row.name for row, _ in written],
        birth=[row.birth for row, _ in written],
        sex=_sexes(draw, written),
        province=_provinces(draw, people, subject),
        opened_day=opened,
        flaw=flaw,
        verdict=[VERDICT_OF[name] for name in flaw],
        person=np.array([row.person for row, _ in written]),
        errors=[done for _, done in written],
    )
    return _with_limit(register) if kind == "sim" else register


VERDICT_OF = {r["flaw"]: r["verdict"] for r in rows("flaws.csv")}
POOL_OF = {r["flaw"]: r["pool"] for r in rows("flaws.csv")}


def _choose_people(draw: np.random.Generator, pools: dict[str, np.ndarray], flaw: np.ndarray) -> np.ndarray:
    """Whose row each is. Right rows go round all adults evenly; hoarded ones to a few people."""
    subject = np.full(len(flaw), -1)
    for name in dict.fromkeys(flaw):
        places = np.flatnonzero(flaw == name)
        pool = pools.get(POOL_OF[name])
        if pool is None:
            continue
        if name == "none":
            rounds = -(-len(places) // len(pool))
            subject[places] = np.concatenate([draw.permutation(pool) for _ in range(rounds)])[: len(places)]
        elif name == "hoarded":
            subject[places] = draw.choice(draw.choice(pool, max(1, len(places) // ROWS_PER_HOARDER)), len(places))
        else:
            subject[places] = draw.choice(pool, len(places))
    return subject


def _write(
    scribe: Scribe, flaw: str, person: int, ghosts: Iterator[Ghost], companies: Iterator[str]
) -> tuple[Row, list[str]]:
    row = scribe.of_person(person) if person >= 0 else scribe.of_ghost(next(ghosts))
    if flaw == "number_invented":
        row = row._replace(person=-1, holder_id=next(ghosts).number)
    if flaw == "organisation":
        row = row._replace(name=next(companies))
    if flaw in FLAWS:
        row = FLAWS[flaw](row, scribe)
    row, done = scribe.disguised(row)
    return row, done if flaw in ("none", "hoarded") else [flaw, *done]


def _opening_days(
    draw: np.random.Generator, people: People, kind: str, flaw: np.ndarray, subject: np.ndarray
) -> np.ndarray:
    """When each was opened: as an adult, but by children of `holder_child`, and some after the holder's death."""
    born = np.where(subject >= 0, people.birth_day[subject], people.end_day - 30 * 366)
    died = np.where(subject >= 0, people.death_day[subject], -1)
    first = np.maximum(born + ADULT_DAYS, FIRST_OPENING_DAY)
    last = np.full(len(flaw), people.end_day - 10)
    child = flaw == "holder_child"
    first = np.where(child, born + CHILD_FIRST_DAYS, first)
    last = np.where(child, np.minimum(born + (MINOR_AGE[kind] - 1) * 365, last), last)
    alive = (died >= 0) & (draw.random(len(flaw)) >= OPENED_AFTER_DEATH_SHARE)
    last = np.where(alive, died, last)
    first = np.where((died >= 0) & ~alive, died + 1, np.minimum(first, last))
    opened = first + (draw.random(len(flaw)) * (last - first + 1)).astype(int)
    empty = (draw.random(len(flaw)) < OPENED_EMPTY_SHARE) & (flaw == "none")
    return np.where(empty, -1, opened)


def _sexes(draw: np.random.Generator, written: list[tuple[Row, list[str]]]) -> list[str | None]:
    empty = draw.random(len(written)) < EMPTY_SHARE
    known = [
        row.sex_known and ("sex_wrong" in done or not gone) for (row, done), gone in zip(written, empty, strict=True)
    ]
    return [("M" if row.male else "F") if sure else None for (row, _), sure in zip(written, known, strict=True)]


def _provinces(draw: np.random.Generator, people: People, subject: np.ndarray) -> list[str | None]:
    today = np.array([place.today for place in birthplaces()], dtype=object)
    other = draw.choice(today, len(subject), p=shares([place.thousands for place in birthplaces()]))
    luck = draw.random(len(subject))
    home = np.where((subject >= 0) & (luck >= PROVINCE_DIFFERS_SHARE), people.province[subject], other)
    return [None if lucky > 1 - EMPTY_SHARE else code for code, lucky in zip(home, luck, strict=True)]


def _with_limit(register: Register) -> Register:
    """Say `over_limit` of right rows that are not among their person's first by opening day (none last), then record_id."""
    opened = np.where(register.opened_day < 0, np.iinfo(np.int64).max, register.opened_day)
    order = np.lexsort((np.asarray(register.record_id), opened, register.person))
    verdict, errors = list(register.verdict), list(register.errors)
    previous, rank = -1, 0
    for at in order[register.person[order] >= 0]:
        rank = rank + 1 if register.person[at] == previous else 1
        previous = register.person[at]
        if rank > SIM_LIMIT:
            errors[at] = [*errors[at], "beyond_limit"]
            verdict[at] = "over_limit" if verdict[at] == "verified" else verdict[at]
    return replace(register, verdict=verdict, errors=errors)
