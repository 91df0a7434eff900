"""The ledger alone on one SQLite file, for tests with processes of their own: threads cannot share a database in memory."""

from __future__ import annotations

import os

SECRET_KEY = "for tests of the ledger alone"
USE_TZ = True
INSTALLED_APPS = ["keng.desk.ground.ledger"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["LEDGER_FILE"],
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }
}
