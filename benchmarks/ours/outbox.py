"""The outbox: `python -m benchmarks.ours.outbox COUNT`. KENG_HOME is a new folder.

COUNT messages posted in a transaction each, then delivered by one worker to a receiver on this machine that takes all.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from keng.base import clock
from keng.site.commands.django_world import enter

PARTNERS = ("970436", "970418")  # one alone may take up only half of the threads
BODY = json.dumps({"type": "request.created", "amount": 4_800_000, "text": "x" * 600}).encode()


class Receiver(BaseHTTPRequestHandler):
    """Takes everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main(count: int) -> None:
    enter()
    from django.core.management import call_command
    from django.db import connection, transaction

    from keng.desk.ground.jobs import actions as jobs
    from keng.desk.ground.partners.actions import enrol
    from keng.site.work import Worker

    def count_of(state: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM jobs_outgoing WHERE state = %s", [state])
            return int(cursor.fetchone()[0])

    call_command("migrate", verbosity=0)
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    for code in PARTNERS:
        enrol(code, code, f"http://127.0.0.1:{receiver.server_address[1]}/", now=clock.now())
    began = time.perf_counter()
    for number in range(count):
        with transaction.atomic():
            subject, to = f"request:{uuid.uuid4()}", PARTNERS[number % len(PARTNERS)]
            jobs.post(key=subject, recipient=to, subject=subject, version=1, body=BODY, now=clock.now())
    posted = time.perf_counter() - began
    stop = threading.Event()
    began = time.perf_counter()
    worker = threading.Thread(target=lambda: Worker(threads=8).run(stop, interval_seconds=0.2))
    worker.start()
    while count_of("waiting"):
        time.sleep(0.05)
    delivered = time.perf_counter() - began
    stop.set()
    worker.join()
    sent = count_of("sent")
    print(json.dumps({"post_seconds": posted, "deliver_seconds": delivered, "sent": sent}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
