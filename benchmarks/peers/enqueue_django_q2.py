"""django-q2's ORM broker on SQLite, one task a transaction: `python enqueue_django_q2.py FILE COUNT`."""

import json
import logging
import sys
import time

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for a measurement",
    USE_TZ=True,
    INSTALLED_APPS=["django_q"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sys.argv[1],
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    },
    Q_CLUSTER={"name": "bench", "orm": "default", "timeout": 10, "retry": 30},
)
django.setup()
logging.getLogger("django-q").setLevel(logging.ERROR)  # it tells each task otherwise

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import transaction  # noqa: E402
from django_q.tasks import async_task  # noqa: E402

call_command("migrate", verbosity=0)
count = int(sys.argv[2])
began = time.perf_counter()
for number in range(count):
    with transaction.atomic():
        async_task("math.copysign", number, -1)
print(json.dumps({"count": count, "seconds": time.perf_counter() - began}))
