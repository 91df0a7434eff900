"""The demo waits for its pages as long as they may still come."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest

from keng.site.rehearsal.run import wait_until_ready


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def pages() -> Iterator[HTTPServer]:
    """A port that somebody listens at and nobody answers yet."""
    with HTTPServer(("127.0.0.1", 0), _Healthy) as server:
        yield server


def address_of(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_pages_that_answer_are_ready(pages):
    Thread(target=pages.handle_request).start()

    assert wait_until_ready(address_of(pages), Event(), lambda: True)


def test_a_web_process_that_ended_is_not_waited_for(pages, capsys):
    assert not wait_until_ready(address_of(pages), Event(), lambda: False)
    assert "did not come up" in capsys.readouterr().err


def test_who_is_told_to_stop_complains_of_nothing(pages, capsys):
    stop = Event()
    stop.set()

    assert not wait_until_ready(address_of(pages), stop, lambda: True)
    assert capsys.readouterr().err == ""
