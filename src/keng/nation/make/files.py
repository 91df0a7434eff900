"""The nation's files, in the shapes of the contract (population and registers: section 6; transfers: 8; reports: 5; names: 7).

Beside them: `balances.parquet` (`account`, `opening` in đồng before the first transfer, every account of the register).
`truth/transfers.parquet` has a row for each transfer of a scam wave and none for ordinary life: `transfer_id`, `wave`, and
`role` `loss` (a victim pays) or `layer` (the crew moves it). `truth/accounts.parquet` also tells the `crew` (wave) of a mule
account, `truth/reports.jsonl` the `transfer_id` that a victim lost. `truth/lookalikes.parquet` (`account`, `role`) tells who is
innocent and looks like a mule.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from keng.nation.make.people.citizen_ids import as_citizen_text, as_old_text
from keng.nation.make.people.population import People
from keng.nation.make.plan import iso_utc
from keng.nation.make.registers.register import Register
from keng.nation.make.texts.reports import Report
from keng.nation.make.write import write_json_lines, write_lines, write_parquet

if TYPE_CHECKING:
    from keng.nation.make.nation import Nation

MICROSECONDS = 1_000_000


def write_nation(nation: Nation, folder: Path) -> None:
    """Write every file into an existing folder."""
    truth = folder / "truth"
    write_sims(nation.people, nation.sims, folder)
    write_parquet(folder / "accounts.parquet", register_table(nation.accounts))
    write_parquet(folder / "transfers.parquet", transfers_table(nation))
    write_parquet(folder / "balances.parquet", balances_table(nation))
    write_parquet(truth / "accounts.parquet", _with_crews(register_truth(nation.accounts, nation.people), nation))
    write_parquet(truth / "transfers.parquet", transfers_truth(nation))
    write_parquet(truth / "lookalikes.parquet", lookalikes_truth(nation))
    write_json_lines(folder / "reports.jsonl", report_lines(nation))
    write_json_lines(truth / "reports.jsonl", report_truths(nation))
    write_lines(folder / "names.txt", (name.domain for name in nation.names))
    write_json_lines(
        truth / "names.jsonl", ({"domain": n.domain, "brand": n.brand, "how": n.how} for n in nation.names)
    )


def write_sims(people: People, sims: Register, folder: Path) -> None:
    """Write the population, the SIMs and what is true of them."""
    write_parquet(folder / "population.parquet", population_table(people))
    write_parquet(folder / "sims.parquet", register_table(sims))
    write_parquet(folder / "truth" / "sims.parquet", register_truth(sims, people))


def population_table(people: People) -> pa.Table:
    sex = np.where(people.male, "M", "F").astype(object)
    return pa.table(
        {
            "citizen_id": pa.array(map(as_citizen_text, people.number.tolist()), pa.string()),
            "old_id": pa.array((as_old_text(n) if n >= 0 else None for n in people.old_number.tolist()), pa.string()),
            "full_name": pa.array(people.name, pa.string()),
            "date_of_birth": pa.array(people.birth_text, pa.string()),
            "sex": pa.array(np.where(people.sex_known, sex, None), pa.string()),
            "province_code": pa.array(people.province, pa.string()),
            "status": pa.array(np.where(people.deceased, "deceased", "living").astype(object), pa.string()),
            "status_date": _dates(people.death_day),
        }
    )


def register_table(register: Register) -> pa.Table:
    return pa.table(
        {
            "record_id": pa.array(register.record_id),
            "holder_id": pa.array(register.holder_id, pa.string()),
            "full_name": pa.array(register.full_name, pa.string()),
            "date_of_birth": pa.array(register.birth, pa.string()),
            "subscriber": pa.array(register.subscriber, pa.string()),
            "sex": pa.array(register.sex, pa.string()),
            "province_code": pa.array(register.province, pa.string()),
            "opened_at": _dates(register.opened_day),
        }
    )


def register_truth(register: Register, people: People) -> pa.Table:
    persons = (
        as_citizen_text(int(people.number[person])) if person >= 0 else None for person in register.person.tolist()
    )
    return pa.table(
        {
            "record_id": pa.array(register.record_id),
            "verdict": pa.array(register.verdict, pa.string()),
            "person_id": pa.array(persons, pa.string()),
            "errors": pa.array(register.errors, pa.list_(pa.string())),
        }
    )


def transfers_table(nation: Nation) -> pa.Table:
    transfers, names = nation.ledger.transfers, nation.book.names
    return pa.table(
        {
            "transfer_id": pa.array(np.arange(1, len(transfers) + 1), pa.int64()),
            "from_account": pa.array(names[transfers.source], pa.string()),
            "to_account": pa.array(names[transfers.target], pa.string()),
            "amount": pa.array(transfers.amount, pa.int64()),
            "at": pa.array(transfers.second * MICROSECONDS, pa.timestamp("us")),
        }
    )


def balances_table(nation: Nation) -> pa.Table:
    names = nation.book.names[: nation.book.accounts]
    return pa.table({"account": pa.array(names, pa.string()), "opening": pa.array(nation.ledger.opening, pa.int64())})


def transfers_truth(nation: Nation) -> pa.Table:
    wave = nation.ledger.transfers.wave
    of_waves = np.flatnonzero(wave >= 0)
    lost = {int(nation.ledger.number[payment.row]) for w in nation.waves for payment in w.payments}
    ids = (of_waves + 1).tolist()
    return pa.table(
        {
            "transfer_id": pa.array(ids, pa.int64()),
            "wave": pa.array((nation.waves[which].code for which in wave[of_waves].tolist()), pa.string()),
            "role": pa.array(("loss" if number in lost else "layer" for number in ids), pa.string()),
        }
    )


def lookalikes_truth(nation: Nation) -> pa.Table:
    return pa.table(
        {
            "account": pa.array([nation.book.names[one.account] for one in nation.lookalikes], pa.string()),
            "role": pa.array([one.role for one in nation.lookalikes], pa.string()),
        }
    )


def report_id(number: int) -> str:
    return f"R{number:07d}"


def report_lines(nation: Nation) -> Iterator[dict[str, object]]:
    for number, report in enumerate(nation.reports, start=1):
        line: dict[str, object] = {
            "id": report_id(number),
            "at": iso_utc(report.second),
            "text": report.text,
            "sender": report.sender,
            "indicators": None,
            "province_code": report.province,
        }
        if report.payment:
            line["loss"] = _loss(nation, report)
        yield line


def _loss(nation: Nation, report: Report) -> dict[str, object]:
    hop = report.payment.hop
    names = nation.book.names
    return {
        "amount": hop.amount,
        "from_account": names[hop.source],
        "to_account": names[hop.target],
        "at": iso_utc(hop.second),
    }


def report_truths(nation: Nation) -> Iterator[dict[str, object]]:
    for number, report in enumerate(nation.reports, start=1):
        yield {
            "id": report_id(number),
            "campaign": report.campaign,
            "trick": report.trick,
            "scam": report.trick is not None,
            "spam": report.spam,
            "indicators": list({(i.kind, i.value): i.as_json() for i in report.indicators}.values()),
            "transfer_id": int(nation.ledger.number[report.payment.row]) if report.payment else None,
        }


def _with_crews(table: pa.Table, nation: Nation) -> pa.Table:
    crew = np.full(nation.book.accounts, None, dtype=object)
    for wave in nation.waves:
        crew[list(wave.mules.everybody())] = wave.code
    return table.append_column("crew", pa.array(crew, pa.string()))


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(np.where(days < 0, 0, days).astype("datetime64[D]"), pa.date32(), mask=days < 0)
