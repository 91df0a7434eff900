"""What can be done to registers: the one list of verbs. Each is one transaction with its ledger entry."""

from __future__ import annotations

from keng.desk.fraud.registers.asking import Answer, Question, ask, settle
from keng.desk.fraud.registers.effect import approve, decline, propose, roll_back
from keng.desk.fraud.registers.handing_in import MOST_PART, Wanted, abandon, finish, open_register, take_part
from keng.desk.fraud.registers.reviewing import judge, look

__all__ = [
    "MOST_PART",
    "Answer",
    "Question",
    "Wanted",
    "abandon",
    "approve",
    "ask",
    "decline",
    "finish",
    "judge",
    "look",
    "open_register",
    "propose",
    "roll_back",
    "settle",
    "take_part",
]
