"""A cleansed register made of rows, for tests that need one and not the run that makes it."""

from __future__ import annotations

import json
from typing import Any

from keng.desk.fraud.registers import sealed
from keng.desk.fraud.registers.models import Guessing, Record, Register, Sample, Sum
from keng.desk.ground.partners.models import Partner

ROWS = (
    ("verified", "", "01"),
    ("verified", "name_bare", "79"),
    ("mismatch", "dob_differs", "79"),
    ("not_found", "not_in_population", "48"),
)
SECRET_NAME = "Nguyễn Thị Bí Mật"


def made_register(cast: Any, partner: Partner, copies: int = 3) -> Register:
    """`copies` of each of four records, all of them in the sample; nobody has reviewed any. No person's number is told."""
    register = Register.objects.create(
        code="HS-7K3M2QX", partner=partner, kind="sim", form="csv", purpose="sim.cleanse.nd163-2024.d18", name="thue-bao.csv",
        size=10, received=10, sha256=bytes(32), handed_in_by="partner:x", opened_at=cast.clock.at, whole_at=cast.clock.at,
        state="cleansed",
        records=len(ROWS) * copies, run=1, seed="00ff", population=400, cleansed_at=cast.clock.at,
    )  # fmt: skip
    sealed.new_key(register, cast.keys, cast.clock.at).save(force_insert=True)
    key, number = sealed.key_of(register, cast.keys), 0
    for verdict, reasons, province in ROWS:
        Sum.objects.create(register=register, run=1, province=province, verdict=verdict, reason="", records=copies)
        if reasons:
            Sum.objects.create(
                register=register, run=1, province=province, verdict=verdict, reason=reasons, records=copies
            )
        for _ in range(copies):
            number += 1
            told = dict.fromkeys(("holder_id", "opened")) | {"full_name": SECRET_NAME, "sex": "F"}
            told |= {"date_of_birth": "1990-01-02", "province_code": province}
            plain = json.dumps({"told": told, "person_id": None, "probability": 0.99}).encode()
            own = {
                "register": register,
                "run": 1,
                "number": number,
                "record": f"r{number}",
                "verdict": verdict,
                "reasons": reasons,
            }
            Record.objects.create(**own, province=province, subject=f"+84912{number:06d}")
            Sample.objects.create(
                **own, province=province, sex="F", age_band="18-39", name_group="nguyen", person="a" * 32,
                evidence=sealed.seal_evidence(register, key, number, plain),
            )  # fmt: skip
    return register


def made_guessing(cast: Any, partner: Partner) -> Guessing:
    return Guessing.objects.create(
        partner=partner, around="number", digest="b" * 32, questions=10, raised_at=cast.clock.at
    )
