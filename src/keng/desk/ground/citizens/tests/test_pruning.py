"""Letting go of receipts finds them by what they are of, without reading all of them."""

from __future__ import annotations

from django.db import connection

from keng.desk.ground.citizens import pruning
from keng.desk.ground.citizens.models import Identity, Kept


def test_a_receipt_is_found_by_its_subject_through_an_index(cast):
    identity = Identity.objects.create(issuer="https://x", subject_hash=b"1" * 32, made_at=cast.clock.at)
    rows = [Kept(identity=identity, subject=f"report:{n}", kept_at=cast.clock.at) for n in range(3000)]
    Kept.objects.bulk_create(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE citizens_kept")

    assert "citizens_kept_subject" in Kept.objects.filter(subject__in=["report:7"]).explain()
    assert pruning.detach(["report:7", "report:8"]) == 2
    assert Kept.objects.count() == 2998
