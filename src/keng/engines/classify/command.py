"""Tell scams, and by which trick, from spam and from true messages: JSON Lines {"id","text"} in, a verdict each out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import partial

from keng.base import lines
from keng.engines.classify import UnusableModelError, Verdict, classify, load, reasons, shipped, tricks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    lines.add_arguments(parser)
    parser.add_argument("--model", metavar="FILE", help="use the model in this file instead of the program's own")
    parser.add_argument(
        "--compare",
        metavar="FILE",
        help="tell too what the model in this file would say of each message, and whether that changes anything",
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--tricks", action="store_true", help="print the tricks with names and advice instead")
    only.add_argument("--reasons", action="store_true", help="print the reasons that a verdict may give instead")
    only.add_argument("--version-of-model", action="store_true", help="print the version of the model instead")


def run(options: argparse.Namespace) -> int:
    if options.tricks:
        return lines.write_lines(options.output, trick_rows())
    if options.reasons:
        return lines.write_lines(options.output, reason_rows())
    try:
        model = load(options.model) if options.model else shipped()
        if options.compare:
            load(options.compare)
    except UnusableModelError as problem:
        sys.stderr.write(f"{problem}\n")
        return lines.STATUS_UNUSABLE
    if options.version_of_model:
        return lines.write_lines(options.output, [{"model": model.version}])
    return lines.convert_lines(options, partial(convert, options.model, options.compare))


def convert(model_path: str | None, compared_path: str | None, row: lines.Row) -> lines.Row:
    """One input line as one output line of the contract; raises BadRowError."""
    identifier = lines.require_id(row)
    text, sender = lines.require_text(row), lines.optional_text(row, "sender")
    model = load(model_path) if model_path else shipped()
    verdict = classify(text, sender=sender, model=model)
    found = {"id": identifier, **as_row(verdict), "model": model.version}
    if compared_path:
        other = load(compared_path)
        would_be = classify(text, sender=sender, model=other)
        found["other"] = {**as_row(would_be), "model": other.version}
        found["changes"] = verdict.called != would_be.called
    return found


def as_row(verdict: Verdict) -> dict[str, object]:
    """The verdict under the keys of the contract."""
    return {
        "scam": verdict.scam,
        "spam": verdict.spam,
        "trick": verdict.trick,
        "why": [{"start": why.start, "end": why.end, "reason": why.reason} for why in verdict.why],
    }


def trick_rows() -> Iterator[lines.Row]:
    """The rows of `--tricks`."""
    for trick in tricks():
        yield {
            "code": trick.code,
            "form": trick.form,
            "name_vi": trick.name_vi,
            "name_en": trick.name_en,
            "advice_vi": trick.advice_vi,
            "advice_en": trick.advice_en,
        }


def reason_rows() -> Iterator[lines.Row]:
    """The rows of `--reasons`."""
    for reason in reasons():
        yield {"code": reason.code, "vi": reason.vi, "en": reason.en}
