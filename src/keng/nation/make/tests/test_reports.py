"""Reports are in the contract's shape, tell what happened, and hold every indicator that their truth names."""

from __future__ import annotations

import re
from collections import defaultdict
from hashlib import sha256
from random import Random

import pytest

from keng.nation.make.money.waves import read_tricks
from keng.nation.make.tables import rows
from keng.nation.make.tests.conftest import Written
from keng.nation.make.texts.domain_names import brands
from keng.nation.make.texts.faces import Payee, Scene, indicator_slots, make_face, plain_slots
from keng.nation.make.texts.grammar import expand, read_grammar
from keng.nation.make.texts.surfaces import make_tron_address, write_money, write_phone
from keng.nation.make.texts.voice import SLOT, Voice, spoken

CODES = [trick.code for trick in read_tricks()]
GRAMMARS = [*(f"tricks/{code}.txt" for code in CODES), "spam.txt", "harmless.txt"]


def stands_in(text: str, sender: str | None, kind: str, value: str) -> bool:
    """Whether an indicator stands in a text, by a plain look that undoes hiding."""
    shown = re.sub(r"\[\.\]|\(\.\)|\[dot\]", ".", text).replace("hxxp", "http")
    digits = re.sub(r"[ .\-()]", "", text.replace("O", "0").replace("o", "0"))
    tail = value.split(":", 1)[-1]
    if kind == "phone":
        return value[3:] in digits or (sender or "").endswith(value[3:])
    if kind == "account":
        return tail.replace("O", "0") in digits
    if kind == "sender":
        return (sender or "").upper() == value
    return (value.split("//", 1)[1] if kind == "url" else tail) in shown


def test_every_indicator_of_the_truth_stands_in_its_text(town: Written):
    reports, truths = town.lines("reports.jsonl"), town.lines("truth/reports.jsonl")
    assert [report["id"] for report in reports] == [truth["id"] for truth in truths]
    count = 0
    for report, truth in zip(reports, truths, strict=True):
        for indicator in truth["indicators"]:
            count += 1
            assert stands_in(report["text"], report["sender"], **indicator), (report, indicator)
    assert count > len(reports)


def test_no_slot_or_choice_is_left_in_a_text(town: Written):
    assert not [r["text"] for r in town.lines("reports.jsonl") if re.search(r"[{}|]|\\n", r["text"])]


def test_a_victims_report_tells_the_transfer_and_comes_after_it(town: Written):
    transfers = {row["transfer_id"]: row for row in town.rows("transfers.parquet")}
    waves = {row["transfer_id"]: row["wave"] for row in town.rows("truth/transfers.parquet")}
    victims = 0
    for report, truth in zip(town.lines("reports.jsonl"), town.lines("truth/reports.jsonl"), strict=True):
        assert ("loss" in report) == (truth["transfer_id"] is not None)
        if "loss" not in report:
            continue
        victims += 1
        loss, transfer = report["loss"], transfers[truth["transfer_id"]]
        assert {key: transfer[key] for key in ("amount", "from_account", "to_account")} | {"at": loss["at"]} == loss
        assert transfer["at"].strftime("%Y-%m-%dT%H:%M:%SZ") == loss["at"] < report["at"]
        assert waves[truth["transfer_id"]] == truth["campaign"]
        assert {"kind": "account", "value": loss["to_account"]} in truth["indicators"]
    assert victims > 15


def test_the_truth_excludes_scam_and_spam_and_covers_many_tricks(town: Written):
    truths = town.lines("truth/reports.jsonl")
    assert all(not (truth["scam"] and truth["spam"]) for truth in truths)
    assert all(truth["scam"] == (truth["trick"] is not None) for truth in truths)
    assert {truth["trick"] for truth in truths} - {None} <= set(CODES)
    assert len({truth["trick"] for truth in truths} - {None}) >= 12
    assert {(truth["scam"], truth["spam"]) for truth in truths} == {(True, False), (False, True), (False, False)}


def test_reports_come_in_the_order_of_time_and_within_the_week(town: Written):
    times = [report["at"] for report in town.lines("reports.jsonl")]
    assert times == sorted(times)
    assert all("2026-11-13T17:00:00Z" <= at <= "2026-11-20T16:59:59Z" for at in times)


def test_texts_of_one_campaign_are_not_copies(town: Written):
    texts = defaultdict(list)
    for report, truth in zip(town.lines("reports.jsonl"), town.lines("truth/reports.jsonl"), strict=True):
        texts[truth["campaign"]].append(report["text"])
    copies = sum(len(all_of_it) - len(set(all_of_it)) for all_of_it in texts.values())
    assert copies < 0.03 * len(town.lines("reports.jsonl"))


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_production_uses_slots_that_exist(name: str):
    dice = Random(1)
    face = make_face(dice, name.removeprefix("tricks/").removesuffix(".txt"), ["0912345678", "0987654321"])
    scene = Scene(
        face, Payee("970436:1012345678", "Vietcombank", "NGUYEN VAN A"), 5_000_000, 1_795_000_000, hiding=False
    )
    known = {*plain_slots(dice, scene), *indicator_slots(dice, scene), "payto", "bank", "holder", "toi", "Toi"}
    for productions in read_grammar(name).values():
        for production in productions:
            used = {slot[1:-1] for slot in SLOT.findall(production)}
            assert used <= known, production
            assert not re.search(r"[(|]\w*\|", expand(dice, production)), production


def test_every_trick_that_pays_has_victims_words_and_every_trick_others():
    for trick in read_tricks():
        sections = read_grammar(f"tricks/{trick.code}.txt")
        assert {"noticed"} | ({"told"} if trick.pays else set()) <= set(sections)
        assert {"sms", "chat"} & set(sections)


def test_brands_with_a_name_are_used_where_a_message_comes_under_it():
    for trick in read_tricks():
        if "sms" in read_grammar(f"tricks/{trick.code}.txt"):
            assert make_face(Random(2), trick.code, ["0912345678"]).brand is not None


@pytest.mark.parametrize(
    ("amount", "possible"),
    [
        (50_000_000, {"50 triệu", "50tr", "50.000.000đ"}),
        (2_500_000, {"2tr5", "2,5 triệu"}),
        (99_000, {"99k", "99 nghìn"}),
    ],
)
def test_amounts_are_written_in_many_ways(amount: int, possible: set[str]):
    assert possible <= {write_money(Random(seed), amount) for seed in range(200)}


def test_phones_keep_their_value_in_every_form():
    written = {write_phone(Random(seed), "0912345678", hiding=True) for seed in range(300)}
    assert {one.value for one in written} == {"+84912345678"}
    assert len({one.written for one in written}) >= 10


def test_tron_addresses_hold_their_checksum():
    for seed in range(200):
        address, number = make_tron_address(Random(seed)), 0
        assert re.fullmatch(r"T[1-9A-HJ-NP-Za-km-z]{33}", address)
        for letter in address:
            number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(letter)
        body, check = number.to_bytes(25, "big")[:21], number.to_bytes(25, "big")[21:]
        assert sha256(sha256(body).digest()).digest()[:4] == check


def test_a_voice_leaves_slots_alone():
    voice = Voice("S", "bare", short=True, lower=True, sloppy=True, hiding=True)
    text = spoken(Random(4), voice, "Tôi không biết {phone}, Mẹ tôi bấm {Link1} rồi.")
    assert "{phone}" in text
    assert "{Link1}" in text
    assert "Tôi" not in text


def test_a_careless_writer_never_joins_a_link_and_the_next_word():
    voice = Voice("N", "full", sloppy=True)
    texts = [spoken(Random(seed), voice, "Vào {link}, nhập mã, rồi mất tiền. Hết.") for seed in range(300)]
    assert all("{link}, " in text for text in texts)
    assert any("mã,rồi" in text for text in texts)


def test_every_brand_and_bank_has_what_texts_need():
    assert all(brand.official and brand.sender and len(brand.sender) <= 11 for brand in brands())
    assert all(re.fullmatch(r"97\d{4}", row["bin"]) for row in rows("banks.csv"))
