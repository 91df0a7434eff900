"""Serve the provider on loopback with one citizen and one client: `python -m tests.system.provider PORT RETURN_ADDRESS SECRET`."""

from __future__ import annotations

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Threaded(ThreadingMixIn, WSGIServer):
    """A browser that keeps a connection open in advance holds up nobody."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the test reads this process's output for one line only."""


def main(port: int, back: str, secret: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.system.provider.settings"
    import django

    django.setup()
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    get_user_model().objects.create_user("cong-dan", password="mat-khau-cua-noi-khac", first_name="Hoa")
    client = Client(id="keng", name="Keng", secret=make_password(secret), skip_consent=True)
    client.set_redirect_uris([back])
    client.save()
    with make_server("127.0.0.1", port, get_wsgi_application(), Threaded, Quiet) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
