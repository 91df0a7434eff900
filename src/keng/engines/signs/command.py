"""Hold the signs of mule accounts and junk SIMs against accounts, transfers and SIMs: a row for each sign that holds."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from keng.base import lines
from keng.base.errors import InputError, Said
from keng.base.times import VIETNAM

if TYPE_CHECKING:
    from keng.engines.signs.rules import Rule

INPUTS = {
    "accounts": "the accounts to judge: record_id; for some signs holder_id, date_of_birth, province_code, occupation",
    "transfers": "transfer_id, from_account, to_account, amount (whole đồng), at",
    "verdicts": "what `keng cleanse` found: record_id, verdict (for S1)",
    "offered": "accounts on lists offered for sale: account, optional list (for S2)",
    "listed": "suspect accounts: account (for S4)",
    "warned": "owners on warning lists: holder_id, optional list (for S5)",
    "devices": "which device an account is used on: record_id, device (for S7)",
    "sims": "SIMs: record_id, holder_id, opened_at, optional shop (for J1, J2)",
}
ASSESSMENT = re.compile(r"[\w][\w./ -]*\d[\w./ -]*")  # a number as documents bear it
MOST_ASSESSMENT = 100

NO_OUTPUT = Said("Thiếu -o: nơi ghi kết quả.", "-o is missing: where the result goes.")
NO_INPUT = Said(
    "Hãy cho --accounts và --transfers, hoặc --sims.", "Give --accounts and --transfers, or --sims, or both."
)
NO_RULE = Said("Không có dấu hiệu {code} có hiệu lực ngày {day}.", "There is no sign {code} that is in force on {day}.")
NEEDS_ASSESSMENT = Said(
    "Dấu hiệu {code} dùng {columns}: chỉ chạy khi có đánh giá tác động kèm theo (--assessment, số văn bản hoặc tệp).",
    "Sign {code} reads {columns}: it runs only with an assessment attached (--assessment, a document's number or a file).",
)
NO_ASSESSMENT = Said(
    "--assessment phải là số văn bản hoặc một tệp có nội dung.",
    "--assessment must be a document's number or a file with content.",
)
LACKS_INPUT = Said("Dấu hiệu {code} cần {missing}.", "Sign {code} needs {missing}.")
NOTHING = Said("{name}: không có dòng nào.", "{name}: there are no rows.")
CANNOT_WRITE = Said("Không ghi được {path}.", "Cannot write {path}.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for name, told in INPUTS.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=f"{told}; Parquet or CSV")
    parser.add_argument("-o", "--output", metavar="OUT", help="OUT.parquet, or JSON Lines; whole or not at all")
    parser.add_argument("--sign", action="append", metavar="CODE", help="only this sign (may be given again)")
    parser.add_argument(
        "--assessment",
        metavar="REF",
        help="the assessment that lets signs on age, place or job run: a document's number, or a file",
    )
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DATE", help="the rules of that day (default: today)"
    )
    parser.add_argument("--threads", type=int, metavar="N", help="how many cores to use (default: all)")
    parser.add_argument("--memory-limit", metavar="SIZE", help="beyond this it works on disk (default: 1536MB)")
    parser.add_argument("--rules", action="store_true", help="print the rules of that day instead")


def run(options: argparse.Namespace) -> int:
    from keng.engines.signs.rules import rules_on

    day = options.as_of or datetime.now(UTC).astimezone(VIETNAM).date()
    rules = rules_on(day)
    if options.rules:
        return lines.write_lines(options.output, map(told, rules))
    try:
        return _run(options, rules, day)
    except InputError as problem:
        sys.stderr.write(f"{problem.said.vi}\n{problem.said.en}\n")
        return lines.STATUS_UNUSABLE


def _run(options: argparse.Namespace, rules: list[Rule], day: date) -> int:
    from keng.engines.signs import plan

    given = {name: path for name in INPUTS if (path := getattr(options, name))}
    if not options.output:
        raise InputError("no_output", NO_OUTPUT)
    if not ({"accounts", "transfers"} <= set(given) or "sims" in given):
        raise InputError("no_input", NO_INPUT)
    assessment = _assessment(options.assessment)
    chosen = _chosen(rules, options.sign, given, assessment, day)
    with _whole(options.output) as (part, beside):
        done = plan.run(
            chosen,
            given,
            part,
            assessment=assessment,
            threads=options.threads,
            memory=options.memory_limit or plan.DEFAULT_MEMORY,
            as_lines=not options.output.endswith(".parquet"),
        )
        about = {
            "as_of": day.isoformat(),
            "sha256": plan.digest_of(str(part)),
            "rows": done.rows,
            "signs": [outcome.as_json() for outcome in done.outcomes],
        }
        beside.write_text(json.dumps(about, ensure_ascii=False) + "\n", "utf-8")
    for name, rows in done.rows.items():
        if not rows:
            sys.stderr.write(f"{NOTHING.vi}\n{NOTHING.en}\n".format(name=name))
    for outcome in done.outcomes:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
    return lines.STATUS_DONE


def _chosen(
    rules: list[Rule], codes: list[str] | None, given: dict[str, str], assessment: str, day: date
) -> list[Rule]:
    """The rules to run: all of the day, or those that are named. One that is named and cannot run is an error, never a silence."""
    if not codes:
        return rules
    known = {rule.code: rule for rule in rules}
    for code in codes:
        if code not in known:
            raise InputError("no_rule", NO_RULE.filled(code=code, day=day.isoformat()))
        rule = known[code]
        if rule.needs_assessment and not assessment:
            said = NEEDS_ASSESSMENT.filled(code=code, columns=", ".join(rule.personal))
            raise InputError("needs_assessment", said)
        missing = [f"--{name}" for name in rule.needs if name not in given]
        if missing:
            raise InputError("no_input", LACKS_INPUT.filled(code=code, missing=", ".join(missing)))
    return [rule for rule in rules if rule.code in codes]


def _assessment(written: str | None) -> str:
    """The reference as it is kept with every row: a document's number, or a file's name and hash. Raises InputError."""
    from keng.engines.signs.plan import digest_of

    if written is None:
        return ""
    document = Path(written)
    if document.exists() or not ASSESSMENT.fullmatch(written.strip()) or len(written) > MOST_ASSESSMENT:
        if not document.is_file() or not document.stat().st_size:
            raise InputError("no_assessment", NO_ASSESSMENT)
        return f"{document.name[:MOST_ASSESSMENT]} sha256:{digest_of(written)}"
    return written.strip()


@contextmanager
def _whole(output: str) -> Iterator[tuple[Path, Path]]:
    """Where to write OUT and what tells of it (OUT.run.json), beside what is named; they take their names when all is written."""
    target = Path(os.path.realpath(output))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    if target.is_dir() or not target.parent.is_dir():
        raise InputError("cannot_write", CANNOT_WRITE.filled(path=output))
    beside = part.with_suffix(".run.json")
    try:
        yield part, beside
        beside.replace(target.with_name(target.name + ".run.json"))
        part.replace(target)
    except OSError as problem:
        raise InputError("cannot_write", CANNOT_WRITE.filled(path=output)) from problem
    finally:
        part.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)


def told(rule: Rule) -> dict[str, object]:
    """A rule as `--rules` prints it."""
    return {
        "code": rule.code,
        "version": rule.version,
        "kind": rule.kind,
        "vi": rule.said.vi,
        "en": rule.said.en,
        "source": rule.source,
        "valid_from": rule.valid_from.isoformat(),
        "needs": list(rule.needs),
        "personal": list(rule.personal),
        "parameters": [
            {"name": one.name, "value": one.value, "unit": one.unit, "set_by": one.set_by, "confirmed": one.is_confirmed,
             "vi": one.said.vi, "en": one.said.en}
            for one in rule.parameters
        ],
    }  # fmt: skip
