"""Decided proposals go some time after; what they changed stands in the organisation, that they were stands in the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.ground.upkeep.models import Proposal, ProposalState


def decided(before: datetime) -> QuerySet[Proposal]:
    """Proposals decided before that moment."""
    return Proposal.objects.filter(decided_at__lte=before).exclude(state=ProposalState.OPEN)
