"""The tables of follow-up orders. What was done to a line, told or corrected is only ever added to: triggers see to it."""

from __future__ import annotations

ONLY_ADDED_TO = ("line_change", "told", "correction")

_HISTORY = """
CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'only added to'); END;
CREATE TRIGGER IF NOT EXISTS {table}_is_kept BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'only added to'); END;
"""

ORDER_SCHEMA = """
CREATE TABLE IF NOT EXISTS followup_order (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    record TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_value TEXT NOT NULL,
    keeps TEXT NOT NULL,
    notice_vi TEXT,
    notice_en TEXT,
    made_at_ms INTEGER NOT NULL,
    behaviour TEXT NOT NULL,
    stage TEXT NOT NULL,
    decide_at_ms INTEGER,
    outcome TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS followup_order_by_case ON followup_order (case_id, number);
CREATE INDEX IF NOT EXISTS followup_order_to_decide ON followup_order (decide_at_ms) WHERE decide_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS line_change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL UNIQUE REFERENCES followup_order (order_id),
    case_id TEXT NOT NULL,
    name TEXT NOT NULL,
    level INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS line_change_by_name ON line_change (name, case_id, number);
CREATE TABLE IF NOT EXISTS told (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL UNIQUE REFERENCES followup_order (order_id),
    name TEXT NOT NULL,
    vi TEXT NOT NULL,
    en TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS told_by_name ON told (name, number);
CREATE TABLE IF NOT EXISTS correction (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS correction_by_name ON correction (name);
CREATE TABLE IF NOT EXISTS order_answer (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES followup_order (order_id),
    message_id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    final INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    outcome TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS order_answer_unsent ON order_answer (order_id, number) WHERE outcome IS NULL;
""" + "".join(_HISTORY.format(table=table) for table in ONLY_ADDED_TO)
"""One change and one text an order, ever: the UNIQUE order_id is what makes a second one impossible."""
