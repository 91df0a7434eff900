"""Find phones, accounts, links, money and times in texts: JSON Lines {"id","text"} in, findings out, one each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from keng.base import lines
from keng.engines.extract import Extraction, Found, extract
from keng.vietnam.banks import banks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    lines.add_arguments(parser)
    parser.add_argument(
        "--banks", action="store_true", help="print the banks and wallets with their codes and names instead"
    )


def run(options: argparse.Namespace) -> int:
    if options.banks:
        return lines.write_lines(options.output, bank_rows())
    return lines.convert_lines(options, convert)


def convert(row: lines.Row) -> lines.Row:
    """One input line as one output line of the contract; raises BadRowError."""
    identifier = lines.require_id(row)
    text = lines.require_text(row)
    sender, at = lines.optional_text(row, "sender"), lines.optional_text(row, "at")
    return {"id": identifier, **as_row(extract(text, sender=sender, at=at))}


def as_row(extraction: Extraction) -> dict[str, object]:
    """The findings under the keys of the contract."""
    return {
        "indicators": [_indicator(found) for found in extraction.indicators],
        "money": [
            {"amount": money.amount, "currency": money.currency, "start": money.start, "end": money.end}
            for money in extraction.money
        ],
        "times": [{"value": time.value, "start": time.start, "end": time.end} for time in extraction.times],
    }


def bank_rows() -> Iterator[lines.Row]:
    """The rows of `--banks`."""
    for bank in banks():
        yield {"bin": bank.bin, "code": bank.code, "name": bank.name, "aliases": [*bank.aliases, *bank.short]}


def _indicator(found: Found) -> dict[str, object]:
    row: dict[str, object] = {
        "kind": found.kind,
        "value": found.value,
        "start": found.start,
        "end": found.end,
        "text": found.text,
    }
    if found.others:
        row["p"] = found.p
        row["or"] = [{"kind": other.kind, "value": other.value, "p": other.p} for other in found.others]
    return row
