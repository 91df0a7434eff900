"""A population register over mutual TLS, for tests: `python population_server.py CERT KEY CA`, people as JSON on standard input."""

from __future__ import annotations

import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PEOPLE = json.loads(sys.stdin.readline())


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        number = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["number"]
        if number == "redirect":
            self._answer(302, b"", {"Location": "https://127.0.0.1:1/"})
            return
        odd = {"500": (500, b"{}"), "shape": (200, b'{"people": ["x"]}'), "huge": (200, b" " * 2_000_000)}
        found = [PEOPLE[number]] if number in PEOPLE else []
        self._answer(*odd.get(number, (200, json.dumps({"people": found}).encode())))
        self.close_connection = number == "hang up"  # without having said so

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
context.load_verify_locations(sys.argv[3])
context.verify_mode = ssl.CERT_REQUIRED
server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
server.socket = context.wrap_socket(server.socket, server_side=True)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
