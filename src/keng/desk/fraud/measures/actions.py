"""What can be done to a measure. One verb, one transaction; the verbs stand by family in the modules named here."""

from keng.desk.fraud.measures.deciding import approve, decline, find_wrong, lift, withdraw
from keng.desk.fraud.measures.ending import end_what_is_over, remind_the_silent, send_due_notices
from keng.desk.fraud.measures.proposing import Document, Proposal, hold_urgently, propose
from keng.desk.fraud.measures.records import get_measure, get_measure_for
from keng.desk.fraud.measures.renewing import approve_renewal, decline_renewal, propose_renewal
from keng.desk.fraud.measures.reviewing import let_stand, open_reviews

__all__ = [
    "Document",
    "Proposal",
    "approve",
    "approve_renewal",
    "decline",
    "decline_renewal",
    "end_what_is_over",
    "find_wrong",
    "get_measure",
    "get_measure_for",
    "hold_urgently",
    "let_stand",
    "lift",
    "open_reviews",
    "propose",
    "propose_renewal",
    "remind_the_silent",
    "send_due_notices",
    "withdraw",
]
