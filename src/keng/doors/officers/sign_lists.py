"""Any bank's list of suspected accounts, handed in and taken away by an officer who leads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from keng.base import clock
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.doors import simo_lists
from keng.doors.officers.frame import attempt, officer_of, show, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Where lists go in and come out."""
    context, status = simo_lists.answer(request, _leading(request), attempt, now=clock.now())
    context |= {"give_url": reverse("officers:give_sign_list"), "back_url": reverse("officers:signs")}
    return show(request, "partner_desk/lists.html", context, status)


@require_POST
@signed_in
def give(request: HttpRequest) -> HttpResponse:
    """A bank's list as a file."""
    return simo_lists.give(request, _leading(request), now=clock.now())


def _leading(request: HttpRequest) -> Officer:
    """An officer who leads: a clerk has the same verb for their own bank, at the partners' desk."""
    officer = officer_of(request)
    if not rights.leads(officer, "lists.take"):
        raise rights.refusal()
    return officer
