"""Makes a whole nation from a plan: every part in order, then the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from keng.nation.make.files import write_nation
from keng.nation.make.money.book import Book, Transfers, make_book
from keng.nation.make.money.ledger import Ledger, make_ledger
from keng.nation.make.money.life import Habits, live, make_habits
from keng.nation.make.money.lookalikes import Lookalike, make_lookalikes
from keng.nation.make.money.waves import Wave, hire_mules, make_waves
from keng.nation.make.people.population import People, make_people
from keng.nation.make.plan import Plan
from keng.nation.make.registers.disguises import without_marks
from keng.nation.make.registers.identifiers import FIRST_SIM_RECORD, PREFIX_DIGIT, make_accounts, make_phones
from keng.nation.make.registers.register import Register, make_register
from keng.nation.make.tables import bank_of
from keng.nation.make.texts.composing import payee_of
from keng.nation.make.texts.domain_names import Name, make_names
from keng.nation.make.texts.faces import Payee, make_face
from keng.nation.make.texts.reports import (
    HARMLESS_SHARE,
    SPAM_SHARE,
    YOUNG_BELOW,
    Cast,
    Report,
    Reporter,
    report_harmless,
    report_spam,
    report_wave,
)
from keng.nation.make.write import write_whole

SIMS_PER_PERSON, ACCOUNTS_PER_PERSON = 1.2, 2.0
PHONES_PER_CREW = 2
JUNK_FLAWS = ("hoarded", "person_invented", "number_of_another", "number_empty")


@dataclass(frozen=True, slots=True)
class Nation:
    """Everything that one plan gives, before it is written."""

    plan: Plan
    people: People
    sims: Register
    accounts: Register
    book: Book
    ledger: Ledger
    waves: list[Wave]
    reports: list[Report]
    names: list[Name]
    lookalikes: list[Lookalike]


def make_nation(plan: Plan) -> Nation:
    """The nation in memory: about 3 KB a person."""
    draw = plan.generator("identifiers")
    people, sims = _make_sims(plan, draw)
    ids = make_accounts(draw, round(plan.people * ACCOUNTS_PER_PERSON))
    accounts = make_register(plan, people, "account", ids, _customers(draw, ids))
    book = make_book(plan.generator("ends"), people, accounts)
    crews = hire_mules(plan, accounts)
    busy = np.array([place for crew in crews for place in crew.everybody()], dtype=np.int64)
    draw = plan.generator("life")
    habits = make_habits(draw, people, book, busy)
    waves, scams = make_waves(plan, book, habits, crews)
    lookalikes, alike = make_lookalikes(plan, habits)
    ledger = make_ledger(
        plan.generator("opening"), book, Transfers.joined([scams, live(plan, draw, book, habits), alike]), busy
    )
    reports, sites = _make_reports(plan, people, sims, accounts, book, habits, waves)
    return Nation(plan, people, sims, accounts, book, ledger, waves, reports, make_names(plan, sites), lookalikes)


def make_sims(plan: Plan) -> tuple[People, Register]:
    """The people and their SIMs alone, as `make_nation` gives them: about 1.5 KB a person."""
    return _make_sims(plan, plan.generator("identifiers"))


def _make_sims(plan: Plan, draw: np.random.Generator) -> tuple[People, Register]:
    people = make_people(plan)
    phones = make_phones(draw, round(plan.people * SIMS_PER_PERSON), plan.own(0, PREFIX_DIGIT))
    first = FIRST_SIM_RECORD + plan.slice * len(phones)
    records = list(range(first, first + len(phones)))
    return people, make_register(plan, people, "sim", records, phones)


def write(plan: Plan, folder: Path) -> None:
    """Make the nation and write its files to `folder`, which appears whole or not at all."""
    write_whole(folder, lambda unfinished: write_nation(make_nation(plan), unfinished))


def _customers(draw: np.random.Generator, ids: list[str]) -> list[str]:
    """Customer numbers as banks give them: eight digits that say nothing, distinct within a bank."""
    order = draw.permutation(len(ids)) + 10_000_000
    return [f"CIF{number}" for number in order.tolist()]


def _make_reports(
    plan: Plan, people: People, sims: Register, accounts: Register, book: Book, habits: Habits, waves: list[Wave]
) -> tuple[list[Report], list[Name]]:
    """All reports by time, and the sites that the crews use."""
    dice = plan.dice("reports")
    junk = [
        phone for phone, flaw in zip(sims.subscriber, sims.flaw, strict=True) if flaw in JUNK_FLAWS
    ] or sims.subscriber[:2]
    phones = dice.sample(junk, min(len(junk), PHONES_PER_CREW * len(waves)))
    reporter_of = _reporters(dice, people, book, habits)
    reports, sites = [], []
    for number, wave in enumerate(waves):
        at = PHONES_PER_CREW * number % max(1, len(phones) - 1)
        face = make_face(dice, wave.trick.code, phones[at : at + PHONES_PER_CREW])
        payees = {place: _payee(dice, accounts, place) for place in wave.mules.collectors}
        reports += report_wave(plan, dice, wave, Cast(face, payees, reporter_of))
        sites.append(face.site)
    spam, harmless = round(len(reports) * SPAM_SHARE), round(len(reports) * HARMLESS_SHARE)
    own = [phone for phone, flaw in zip(sims.subscriber, sims.flaw, strict=True) if flaw == "none"]
    reports += report_spam(plan, dice, spam, own, reporter_of)
    reports += report_harmless(plan, dice, harmless, own, reporter_of)
    reports.sort(key=lambda report: (report.second, report.campaign))
    return reports, sites


def _payee(dice: Random, accounts: Register, place: int) -> Payee:
    account = accounts.record_id[place]
    holder = " ".join(without_marks(accounts.full_name[place]).upper().split())
    return payee_of(dice, account, bank_of()[account.split(":")[0]].spoken, holder)


def _reporters(dice: Random, people: People, book: Book, habits: Habits) -> Callable[[int | None], Reporter]:
    """A function from the place of a victim's account, or None, to what a text shows of the reporter."""
    age = people.age

    def reporter_of(account: int | None) -> Reporter:
        place = int(dice.choice(habits.main)) if account is None else account
        person = int(book.owner[place])
        return Reporter(str(people.region[person]), str(people.province[person]), bool(age[person] < YOUNG_BELOW))

    return reporter_of


def summary(nation: Nation) -> dict[str, object]:
    """What was made, counted."""
    return {
        "people": len(nation.people),
        "sims": len(nation.sims),
        "accounts": len(nation.accounts),
        "transfers": len(nation.ledger.transfers),
        "waves": len(nation.waves),
        "reports": len(nation.reports),
        "tricks": len(Counter(report.trick for report in nation.reports if report.trick)),
        "names": len(nation.names),
    }
