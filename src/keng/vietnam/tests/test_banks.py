from __future__ import annotations

from collections import Counter

from keng.base.text import bare
from keng.vietnam.banks import banks, find_bank, find_mentions


def test_codes_are_six_digits_and_nobody_shares_one() -> None:
    bins = [code for bank in banks() for code in (bank.bin, *bank.also_bins)]
    assert all(len(code) == 6 and code.isdigit() for code in bins)
    assert len(set(bins)) == len(bins)
    assert len({bank.code for bank in banks()}) == len(banks())


def test_a_name_means_one_bank() -> None:
    owners = Counter(name for bank in banks() for name in {bare(name) for name in (*bank.aliases, *bank.short)})
    assert [name for name, count in owners.items() if count > 1] == []


def test_wallets_and_digital_banks_are_there() -> None:
    codes = {"MOMO": "971025", "VTLMONEY": "971005", "VNPTMONEY": "971011", "CAKE": "546034", "TIMO": "963388"}
    assert {bank.code: bank.bin for bank in banks() if bank.code in codes} == codes
    assert all(find_bank(name) for name in ("zalopay", "shopeepay", "ubank", "liobank", "tnex"))


def test_a_bank_is_found_by_code_and_by_name() -> None:
    for name in ("970436", "VCB", "Vietcombank", "ngoại thương", "NGOAI THUONG"):
        bank = find_bank(name)
        assert bank is not None and bank.bin == "970436"
    assert find_bank("khác") is None


def test_the_longest_name_counts_and_ambiguous_ones_say_so() -> None:
    found = find_mentions(bare("Sài Gòn Thương Tín, ngân hàng Quân Đội; mb bank; công ty xuất nhập khẩu"))
    assert [(mention.bank.code, mention.sure) for mention in found] == [
        ("STB", True),
        ("MB", False),
        ("MB", True),
        ("EIB", False),
    ]
