"""What can be done about follow-ups, in one place for whoever does it."""

from __future__ import annotations

from keng.desk.fraud.followup.answers import change_device, correct, note_delivered, note_seen, remind_the_silent, take
from keng.desk.fraud.followup.beginning import begin, roll_back
from keng.desk.fraud.followup.deciding import answer_appeal, decide, decide_batch, exempt, note_call
from keng.desk.fraud.followup.findings import Finding
from keng.desk.fraud.followup.looking import look
from keng.desk.fraud.followup.stepping import post_due, take_steps
from keng.desk.fraud.followup.words import appeal, ask_for_person, say_corrected, say_not_mine

__all__ = [
    "Finding",
    "answer_appeal",
    "appeal",
    "ask_for_person",
    "begin",
    "change_device",
    "correct",
    "decide",
    "decide_batch",
    "exempt",
    "look",
    "note_call",
    "note_delivered",
    "note_seen",
    "post_due",
    "remind_the_silent",
    "roll_back",
    "say_corrected",
    "say_not_mine",
    "take",
    "take_steps",
]
