"""SIMO-shaped lists: take what a bank suspects, give it its accounts under measures, list every suspected account for sign S4."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from keng.base import lines
from keng.base.errors import InputError, KengError, Said
from keng.site.commands.django_world import enter

if TYPE_CHECKING:
    from keng.desk.ground.partners.models import Partner

SHAPES = ("csv", "xlsx", "json")
NO_BANK = Said("Không có đối tác mang mã {code}.", "No partner has the code {code}.")
NO_FILE = Said("Không đọc được {path}.", "Cannot read {path}.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    take = verbs.add_parser(
        "take", help="take a bank's list of suspected accounts (CSV, XLSX, or the API's JSON array)"
    )
    take.add_argument("file", metavar="FILE")
    give = verbs.add_parser("give", help="write a bank's accounts under measures in force")
    give.add_argument("-o", "--output", required=True, metavar="FILE", help="a name in .csv, .xlsx or .json")
    for one in (take, give):
        one.add_argument("--bank", required=True, metavar="CODE", help="the partner whose list it is")
        one.add_argument("--form", default="002", metavar="NUMBER", help="002 persons, 003 updates, 019 organisations")
    suspects = verbs.add_parser("suspects", help="every suspected account, as the CSV that `keng signs --listed` takes")
    suspects.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")


def run(options: argparse.Namespace) -> int:
    enter()
    try:
        return {"take": _take, "give": _give, "suspects": _suspects}[options.verb](options)
    except KengError as problem:
        sys.stderr.write(f"{problem.said.vi}\n{problem.said.en}\n")
    except lines.UnusableError as problem:
        sys.stderr.write(f"{problem}\n")
    return lines.STATUS_UNUSABLE


def _take(options: argparse.Namespace) -> int:
    from keng.base import clock
    from keng.doors.partner.simo import exchanging, find_form

    try:
        content = Path(options.file).read_bytes()
    except OSError as problem:
        raise InputError("no_file", NO_FILE.filled(path=options.file)) from problem
    form = find_form(options.form)
    taken = exchanging.take(_bank(options.bank), form, content, actor="system:operator", now=clock.now())
    for fault in taken.faults:
        sys.stderr.write(f"row {fault.row}, {fault.field}: {fault.said.vi} / {fault.said.en}\n")
    bad = len({fault.row for fault in taken.faults})
    sys.stderr.write(f"{taken.accounts + bad} read, {taken.accounts} written, {bad} skipped\n")
    return lines.STATUS_ROWS_SKIPPED if bad else lines.STATUS_DONE


def _give(options: argparse.Namespace) -> int:
    from keng.base import clock
    from keng.doors.partner.simo import exchanging, find_form

    shape = Path(options.output).suffix.removeprefix(".")
    if shape not in SHAPES:
        raise InputError("no_shape", NO_FILE.filled(path=options.output))
    content = exchanging.give(
        _bank(options.bank), find_form(options.form), shape, actor="system:operator", now=clock.now()
    )
    with lines.open_output(options.output) as sink:
        sink.write(content)
    return lines.STATUS_DONE


def _suspects(options: argparse.Namespace) -> int:
    from keng.desk.fraud.signs import queries

    with lines.open_output(options.output) as sink:
        sink.write(b"account\n")
        sink.writelines(f"{account}\n".encode() for account in queries.suspected_accounts())
    return lines.STATUS_DONE


def _bank(code: str) -> Partner:
    from keng.desk.ground.partners import queries

    found = queries.find_partner(code)
    if found is None:
        raise InputError("no_bank", NO_BANK.filled(code=code), field="bank")
    return found
