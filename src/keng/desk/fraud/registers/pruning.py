"""What of registers goes when its time is over: the key and the rows of a register, questions, items of guessing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from keng.base import clock
from keng.desk.fraud.registers import sealed
from keng.desk.fraud.registers.models import (
    Asked,
    Chunk,
    Guessing,
    Judgement,
    Record,
    Register,
    RegisterKey,
    RegisterState,
    Sample,
)


def over(before: datetime) -> QuerySet[Register]:
    """Registers that came to an end before that moment: cleansed, bad, abandoned, or left half handed in."""
    ended = Q(cleansed_at__lte=before) | Q(settled_at__lte=before, cleansed_at=None)
    left = Q(opened_at__lte=before, state=RegisterState.RECEIVING)
    return Register.objects.filter(ended | left, erased_at=None)


def empty(rows: QuerySet[Register]) -> int:
    """Destroy keys, files, records and samples; the row, its sums and its steps stay as figures."""
    count = 0
    for register in rows:
        RegisterKey.objects.filter(register=register).delete()
        Judgement.objects.filter(sample__register=register).delete()
        Sample.objects.filter(register=register).delete()
        Record.objects.filter(register=register)._raw_delete(using=rows.db)
        Chunk.objects.filter(register=register).delete()
        if register.state == RegisterState.RECEIVING:
            register.state = RegisterState.ABANDONED
        register.name, register.faults, register.erased_at = "", [], clock.now()
        register.save(update_fields=["name", "faults", "erased_at", "state"])
        transaction.on_commit(lambda one=register: sealed.forget(one))
        count += 1
    return count


def old_questions(before: datetime) -> QuerySet[Asked]:
    """Questions of before that moment; the ledger keeps that they were asked."""
    return Asked.objects.filter(at__lte=before)


def settled(before: datetime) -> QuerySet[Guessing]:
    """Items of guessing settled before that moment."""
    return Guessing.objects.filter(settled_at__lte=before)
