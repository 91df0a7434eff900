"""What an account holder wrote goes some time after the decision: its key is destroyed, the text gone, the decision stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.fraud.appeals.models import Appeal, AppealState, Proof
from keng.desk.ground.citizens import pruning as citizens

GONE = "gone"


def decided(before: datetime) -> QuerySet[Appeal]:
    """Appeals decided before that moment whose text is still there. An open one keeps everything."""
    return Appeal.objects.filter(decided_at__lte=before).exclude(state=AppealState.OPEN).exclude(sealed_by="")


def destroy_texts(rows: QuerySet[Appeal]) -> int:
    """Also the number of the sign-in or confirmation, and the receipt in a citizen's list."""
    decided = Appeal.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    citizens.detach(appeal.subject for appeal in decided.only("pk"))
    decided.exclude(proof=Proof.NONE).update(proof_reference=GONE)
    return decided.update(sealed_by="", sealed_key=b"", text=b"", decided_reason="")
