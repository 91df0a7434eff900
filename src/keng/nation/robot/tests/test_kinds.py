"""What customers, subscribers, resolvers and visitors meet while a measure is in force: real processes, over HTTP."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from keng.nation.robot.tests.fake_keng import core, fetch, send, wait_until
from keng.nation.robot.tests.master_file import names_in, serial_of

NUMBER, OTHER, ABROAD = "+84912345678", "+84912345679", "+84987000111"
AT = "2026-11-21T00:00:00Z"
DAY_SECONDS = timedelta(days=1).total_seconds() + 1


def _transfer(bank, key: str, source: str, target: str, amount: int = 10) -> tuple[int, object]:
    order = {"transfer_id": key, "from_account": source, "to_account": target, "amount": amount, "at": AT}
    status, reply = core(bank.url, "transfers", order)
    return status, reply.get("error")


def _request(partner, keng, data, kind: str = "measure.requested") -> None:
    assert send(partner.url, kind, data)[0] == 200
    keng.wait(lambda: len(keng.statuses(data["request_id"])) == 1)


def test_from_a_restricted_account_nothing_leaves_and_money_still_comes_in(keng, start_bank, ask):
    bank = start_bank()
    account = bank.open_account("0071", 1_000)
    data = ask(account, action="restrict_account")
    _request(bank, keng, data)
    assert _transfer(bank, "t1", account, "970407:1") == (409, "restricted")
    assert _transfer(bank, "t2", account, "cash:atm") == (409, "restricted")
    assert _transfer(bank, "t3", "970407:1", account) == (200, None)
    bank.advance(DAY_SECONDS)
    assert _transfer(bank, "t1", account, "970407:1") == (200, None)
    assert core(bank.url, f"accounts/{account}")[1]["balance"] == 1_000


def test_a_partly_restricted_account_still_gives_cash(keng, start_bank, ask):
    bank = start_bank("--mode", "part")
    account = bank.open_account("0071", 1_000)
    _request(bank, keng, ask(account, action="restrict_account"))
    assert _transfer(bank, "t1", account, "970407:1") == (409, "restricted")
    assert _transfer(bank, "t2", account, "cash:atm") == (200, None)


def test_a_hold_and_a_restriction_end_each_at_its_own_time(keng, start_bank, ask):
    bank = start_bank()
    account = bank.open_account("0071", 1_000)
    held, restricted = ask(account, 600), ask(account, action="restrict_account")
    _request(bank, keng, held)
    _request(bank, keng, restricted)
    send(bank.url, "measure.released", restricted | {"version": 2})
    assert _transfer(bank, "t1", account, "970407:1", 500) == (409, "held")
    assert _transfer(bank, "t2", account, "970407:1", 400) == (200, None)


@pytest.fixture
def carrier(start_partner):
    return _carrier(start_partner)


def _carrier(start_partner, *options: str):
    carrier = start_partner("carrier", *options)
    for number in (NUMBER, OTHER):
        assert core(carrier.url, "numbers", {"number": number})[0] == 201
    assert core(carrier.url, "senders", {"sender": "CSKH-AB12C"})[0] == 201
    return carrier


def _pass(carrier, what: str, source: str, target: str) -> int:
    return core(carrier.url, what, {"from": source, "to": target})[0]


def test_a_blocked_number_reaches_only_help_and_is_still_reached(keng, carrier, ask):
    _request(carrier, keng, ask(NUMBER, kind="phone", action="block_number"))
    assert [_pass(carrier, what, NUMBER, to) for what in ("calls", "sms") for to in (OTHER, ABROAD, "156")] == [409] * 6
    assert [_pass(carrier, "calls", NUMBER, help_) for help_ in ("111", "112", "113", "114", "115")] == [200] * 5
    assert [_pass(carrier, what, source, NUMBER) for what in ("calls", "sms") for source in (OTHER, ABROAD)] == [
        200
    ] * 4
    carrier.advance(DAY_SECONDS)
    assert [_pass(carrier, what, NUMBER, OTHER) for what in ("calls", "sms")] == [200, 200]


def test_a_partly_blocked_number_may_call(keng, start_partner, ask):
    carrier = _carrier(start_partner, "--mode", "part")
    _request(carrier, keng, ask(NUMBER, kind="phone", action="block_number"))
    assert [_pass(carrier, what, NUMBER, OTHER) for what in ("calls", "sms")] == [200, 409]


@pytest.mark.parametrize(("mode", "passing"), [("at_once", [409, 409]), ("part", [409, 200])])
def test_a_blocked_sender_name_reaches_nobody_or_other_networks_only(keng, start_partner, ask, mode, passing):
    carrier = _carrier(start_partner, "--mode", mode)
    _request(carrier, keng, ask("CSKH-AB12C", kind="sender", action="block_sender"))
    assert [_pass(carrier, "sms", "CSKH-AB12C", to) for to in (OTHER, ABROAD)] == passing
    assert _pass(carrier, "sms", NUMBER, OTHER) == 200


@pytest.mark.parametrize(
    ("number", "reason"), [(ABROAD, "not_our_number"), ("113", "no_such_number"), ("+8424123", "no_such_number")]
)
def test_a_carrier_says_whether_it_serves_a_number(keng, carrier, ask, number, reason):
    data = ask(number, kind="phone", action="block_number")
    _request(carrier, keng, data)
    assert keng.answers[-1].body["reason"] == reason


@pytest.fixture
def registry(start_partner, tmp_path):
    (tmp_path / "names.txt").write_text("shop1.vn\nshop2.com.vn\nelsewhere.com\n", encoding="utf-8")
    return start_partner("registry", "--names", str(tmp_path / "names.txt"))


def test_a_suspended_name_is_out_of_the_zone_file_and_comes_back(keng, registry, ask):
    zone = registry.state.with_suffix(".zone")
    assert names_in(zone.read_text()) == {"shop1.vn.", "shop2.com.vn."}
    before = serial_of(zone.read_text())
    _request(registry, keng, ask("shop2.com.vn", kind="domain", action="suspend_domain"))
    assert names_in(zone.read_text()) == {"shop1.vn."}, "the zone is made before the answer goes"
    assert fetch(f"{registry.url}/zone").text == zone.read_text()
    during = serial_of(zone.read_text())
    registry.advance(DAY_SECONDS)
    wait_until(lambda: names_in(zone.read_text()) == {"shop1.vn.", "shop2.com.vn."})
    assert before < during < serial_of(zone.read_text())


def test_a_name_under_a_measure_cannot_be_moved(keng, start_partner, ask):
    registry = start_partner("registry", "--mode", "part")
    assert core(registry.url, "names", {"name": "shop1.vn"})[0] == 201
    _request(registry, keng, ask("shop1.vn", kind="domain", action="suspend_domain"))
    assert core(registry.url, "names", {"name": "shop1.vn", "servers": ["ns.other.vn"]})[0] == 409
    assert core(registry.url, "names/shop1.vn")[1] | {"servers": None} == {
        "name": "shop1.vn", "servers": None, "in_zone": True, "locked": True,
    }  # fmt: skip
    registry.advance(DAY_SECONDS)
    assert core(registry.url, "names", {"name": "shop1.vn", "servers": ["ns.other.vn"]})[0] == 200
    assert "shop1\tIN NS ns.other.vn.\n" in fetch(f"{registry.url}/zone").text


def test_a_registry_that_was_down_at_the_end_puts_the_name_back_when_it_starts(keng, registry, ask):
    zone = registry.state.with_suffix(".zone")
    _request(registry, keng, ask("shop1.vn", kind="domain", action="suspend_domain"))
    registry.kill()
    registry.advance(DAY_SECONDS)
    registry.start()
    assert names_in(zone.read_text()) == {"shop1.vn.", "shop2.com.vn."}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "evil.com"},
        {"name": "x\n.vn"},
        {"name": "shop1.vn", "servers": ["ns\nwww IN A 1.2.3.4"]},
        {"servers": []},
    ],
)
def test_nobody_writes_into_the_zone_what_is_no_name(registry, change):
    before = fetch(f"{registry.url}/zone").text
    assert core(registry.url, "names", {"name": "new.vn", **change})[0] == 422
    assert fetch(f"{registry.url}/zone").text == before


@pytest.fixture
def platform(start_partner):
    return _platform(start_partner)


def _platform(start_partner, *options: str):
    platform = start_partner("platform", *options)
    page = {"page": "facebook:hotro.ab12c", "title": "Hỗ trợ <b>", "text": "Gửi <script>alert(1)</script> ngay"}
    assert core(platform.url, "pages", page)[0] == 201
    return platform


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("social", "facebook:hotro.ab12c"),
        ("url", "https://www.facebook.com/Hotro.AB12C/"),
        ("url", "http://m.facebook.com/hotro.ab12c"),
    ],
)
def test_a_page_that_is_down_says_why_and_comes_up_again(keng, platform, ask, kind, value):
    shown = fetch(f"{platform.url}/hotro.ab12c")
    assert (shown.status, "&lt;script&gt;" in shown.text, "<script>" in shown.text) == (200, True, False)
    data = ask(value, kind=kind, action="take_down_page")
    _request(platform, keng, data)
    gone = fetch(f"{platform.url}/hotro.ab12c")
    assert gone.status == 451
    assert gone.headers["link"] == '<https://facebook.com/>; rel="blocked-by"'
    for told in (
        "BP-7K3M2Q",
        keng.answers[-1].body["reference"],
        "Điều 1",
        "Article 1",
        "NĐ 1",
        "/khieu-nai/",
        data["until"],
    ):
        assert told in gone.text
    assert "Gửi" not in gone.text
    platform.advance(DAY_SECONDS)
    assert fetch(f"{platform.url}/hotro.ab12c").status == 200


def test_the_grounds_of_a_page_are_shown_as_text(keng, platform, ask):
    basis = {"code": "x", "text": {"vi": "<img src=x>", "en": ["no text"]}, "source": None}
    _request(
        platform, keng, ask("facebook:hotro.ab12c", kind="social", action="take_down_page", basis=basis, measure=7)
    )
    gone = fetch(f"{platform.url}/hotro.ab12c")
    assert (gone.status, "<img" in gone.text, "&lt;img src=x&gt;" in gone.text) == (451, False, True)


def test_a_page_that_is_partly_down_is_seen_from_abroad(keng, start_partner, ask):
    platform = _platform(start_partner, "--mode", "part")
    _request(platform, keng, ask("facebook:hotro.ab12c", kind="social", action="take_down_page"))
    assert fetch(f"{platform.url}/hotro.ab12c").status == 451
    assert fetch(f"{platform.url}/hotro.ab12c", {"x-visitor-country": "SG"}).status == 200
    assert fetch(f"{platform.url}/nothing").status == 404


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("social", "facebook:nobody", "no_such_page"),
        ("social", "zalo:g/abc", "not_our_page"),
        ("url", "https://facebook.com.evil.example/hotro.ab12c", "not_our_page"),
        ("url", "https://[facebook.com/hotro.ab12c", "not_our_page"),
    ],
)
def test_a_platform_says_whether_it_serves_a_page(keng, platform, ask, kind, value, reason):
    _request(platform, keng, ask(value, kind=kind, action="take_down_page"))
    assert keng.answers[-1].body["reason"] == reason


def test_every_carrier_reads_the_same_register_and_each_number_has_one(start_partner, tmp_path):
    from keng.nation.robot.books.store import Store
    from keng.nation.robot.kinds.carrier.lines import SCHEMA, SHARES, load_subscribers

    numbers = [f"09{number:08d}" for number in range(0, 10**8, 10**5)]
    (tmp_path / "sims.csv").write_text("subscriber\n" + "\n".join(numbers), encoding="utf-8")
    taken: list[str] = []
    for code, share in SHARES:
        store = Store(":memory:", SCHEMA)
        count = load_subscribers(store, code, tmp_path / "sims.csv")
        assert abs(count / len(numbers) - share / 100) < 0.05
        with store.read() as tx:
            ours = [row[0] for row in tx.execute("SELECT number FROM subscriber")]
        assert len({number[:5] for number in ours}) > 5, "the first digits do not tell"
        taken += ours
        store.close()
    assert sorted(taken) == [f"+84{number[1:]}" for number in numbers]


def test_two_doors_that_ask_for_the_zone_at_once_get_the_same(registry):
    zones: list[str] = []
    threads = [threading.Thread(target=lambda: zones.append(fetch(f"{registry.url}/zone").text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(zones) == 8
    assert len(set(zones)) == 1
