"""Partners of four kinds: what a code says, what each serves, and that the longest name wins."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from keng.base.errors import InputError
from keng.desk.ground.partners import actions
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.partners.served import known_names, longest_match

ADDRESS = "http://127.0.0.1:9/keng"


@pytest.mark.parametrize(
    ("code", "kind", "serves"),
    [
        ("970436", "bank", []),
        ("carrier:viettel", "carrier", []),
        ("registry:vnnic", "registry", ["vn"]),
        ("platform:zalo", "platform", ["zalo.me"]),
        ("platform:nobody-knows", "platform", []),
    ],
)
def test_the_code_says_the_kind_and_the_table_what_it_serves(clock, db, code, kind, serves):
    partner = actions.enrol(code, "Tên", ADDRESS, now=clock.at)

    assert (partner.kind, partner.serves) == (kind, serves)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("viettel", ""),
        ("carrier:", ""),
        ("bank:970436", ""),
        ("school:x", ""),
        ("", ""),
        ("９７０", ""),
        ("970436", "carrier"),
    ],
)
def test_a_code_that_does_not_say_its_kind_is_refused(clock, db, code, kind):
    with pytest.raises(InputError) as refusal:
        actions.enrol(code, "Tên", ADDRESS, kind=kind, now=clock.at)

    assert refusal.value.code == "bad_partner"
    assert not Partner.objects.exists()


def test_a_list_of_its_own_goes_before_the_table(clock, db):
    assert actions.enrol("registry:vnnic", "VNNIC", ADDRESS, serves=["vn", "example"], now=clock.at).serves == [
        "example",
        "vn",
    ]


def test_the_database_knows_four_kinds(clock, db):
    actions.enrol("970436", "Tên", ADDRESS, now=clock.at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.update(kind="school")


@pytest.mark.parametrize(
    ("host", "length"),
    [("facebook.com", 12), ("m.facebook.com", 12), ("notfacebook.com", 0), ("facebook.com.evil.vn", 0), ("", 0)],
)
def test_a_host_is_served_by_its_name_or_what_stands_under_it(host, length):
    assert longest_match(host, known_names("platform:facebook")) == length
