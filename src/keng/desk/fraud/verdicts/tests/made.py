"""The text and the models of tests: the program's own with another start, so that it finds a scam everywhere or nowhere."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

SCAM = (
    "Vietcombank thong bao: tai khoan cua quy khach bi khoa. Chuyen 4.800.000d vao STK 0071000123456 Vietcombank de mo lai, "
    "goi 0912345678, http://vietcombank-xacthuc.example/mo"
)
"""What `cast.report()` says."""


@cache
def model_file(version: str = "test-1", scam: float = -60.0, spam: float = -60.0) -> bytes:
    """A model's file; with the starts as they are given it calls everything `true`, with a high `scam` everything a scam."""
    body = json.loads(files("keng.engines.classify").joinpath("data/model.json").read_text("utf-8"))
    body["version"], body["start"] = version, {"spam": spam, "scam": scam}
    return json.dumps(body, ensure_ascii=False).encode()
