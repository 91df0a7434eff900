"""A bank's clerk hands a list of suspected accounts in, and takes the bank's accounts under measures away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from keng.base import clock
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors import simo_lists
from keng.doors.partner_desk.frame import attempt, officer_of, show, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Where lists go in and come out."""
    context, status = simo_lists.answer(request, _clerk(request), attempt, now=clock.now())
    context |= {"give_url": reverse("partner_desk:give_list")}
    return show(request, "partner_desk/lists.html", context, status)


@require_POST
@signed_in
def give(request: HttpRequest) -> HttpResponse:
    """The bank's own list as a file."""
    return simo_lists.give(request, _clerk(request), now=clock.now())


def _clerk(request: HttpRequest) -> Officer:
    """A partner's clerk: an officer who leads has the same verb, at the officers' desk."""
    officer = officer_of(request)
    if rights.leads(officer, "lists.take"):
        raise rights.refusal()
    return officer
