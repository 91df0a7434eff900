"""The addresses of a citizen's own page."""

from __future__ import annotations

from django.urls import path

from keng.doors.citizens import pages

app_name = "citizens"
urlpatterns = [
    path("cua-toi/", pages.mine, name="mine"),
    path("cua-toi/vao/", pages.begin, name="begin"),
    path("cua-toi/ve/", pages.back, name="back"),
    path("cua-toi/ra/", pages.leave, name="leave"),
    path("cua-toi/gan/", pages.keep, name="keep"),
    path("cua-toi/go/", pages.let_go, name="let_go"),
]
