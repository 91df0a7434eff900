"""What can be done with models: store one, have it read what comes, go back to the program's own."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError, Said
from keng.desk.fraud.verdicts import live, queries
from keng.desk.fraud.verdicts.models import Choice, StoredModel
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.signin import proof
from keng.engines.classify import UnusableModelError, parse, shipped

MOST_BYTES = 16 * 1024 * 1024

NO_MODEL = Said("Tệp này không phải là mô hình đọc tin của Kẻng.", "This file is no model of `keng classify`.")
OTHER_BYTES = Said(
    "Đã có mô hình khác mang phiên bản {version}.", "Another model is stored under the version {version} already."
)
NOT_KNOWN = Said("Không có mô hình phiên bản này.", "There is no model of this version.")
LIVE_ALREADY = Said("Mô hình này đang được dùng rồi.", "This model is live already.")
NOT_LEADING = Said(
    "Chỉ Trung tâm mới đổi được máy đọc của cả nước.", "Only the centre may change what reads for the country."
)


@transaction.atomic
def add_model(body: bytes, *, actor: str, now: datetime) -> str:
    """Store a model's file, so that it can be tried and put live. Returns its version; the same file again changes nothing.

    Raises InputError `no_model`, ConflictError `other_model`. Who may is for the caller: a command, or a page with its right.
    """
    version, digest = read_version(body), hashlib.sha256(body).hexdigest()
    if version == shipped().version or StoredModel.objects.filter(version=version, sha256=digest).exists():
        return version
    try:
        with transaction.atomic():
            StoredModel.objects.create(
                version=version, sha256=digest, body=zlib.compress(body, 9), added_at=now, added_by=actor
            )
    except IntegrityError as error:
        raise ConflictError("other_model", OTHER_BYTES.filled(version=version)) from error
    data: dict[str, object] = {"version": version, "sha256": digest}
    ledger.record(actor=actor, verb="models.add", subject=f"model:{version}", data=data, at=now)
    return version


def read_version(body: bytes) -> str:
    """The version that a model's file tells of itself. Raises InputError `no_model`."""
    if len(body) > MOST_BYTES:
        raise InputError("no_model", NO_MODEL, field="model")
    try:
        return parse(body.decode(), "the file").version
    except (UnusableModelError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("no_model", NO_MODEL, field="model") from error


@transaction.atomic
def put_live(officer: Officer, version: str, *, now: datetime) -> None:
    """From now on this model reads what comes; verdicts that were given stay. Every process follows within five seconds.

    For who leads, with a fresh proof. Raises InputError `no_such_model`, ConflictError `live_already`.
    """
    rights.require(officer, "models.put_live")
    if not rights.leads(officer, "models.put_live"):
        raise RefusedError("not_leading", NOT_LEADING)
    proof.require_fresh(officer, now=now)
    if not queries.is_known(version):
        raise InputError("no_such_model", NOT_KNOWN, field="version")
    before = live.chosen()
    if version == before:
        raise ConflictError("live_already", LIVE_ALREADY)
    Choice.objects.create(model=StoredModel.objects.filter(version=version).first(), at=now, by=officer.actor)
    data: dict[str, object] = {"version": version, "before": before}
    ledger.record(actor=officer.actor, verb="models.put_live", subject=f"model:{version}", data=data, at=now)
    transaction.on_commit(live.forget)
