"""Addresses."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from keng.doors.api.wiring import build_api
from keng.doors.public.guide import guide
from keng.look.pages import specimen
from keng.site.health import healthz

api = build_api()

urlpatterns = [
    path("api/v1/", api.urls),  # first: machines send the most, and the others would all be tried before
    path("", include("keng.doors.public.urls")),
    path("", include("keng.doors.citizens.urls")),
    path("", include("keng.doors.signin.urls")),
    path("", include("keng.doors.officers.urls")),
    path("", include("keng.doors.partner_desk.urls")),
    path("healthz", healthz),
]
if settings.KENG_DEMO:
    urlpatterns += [path("mau/", specimen, name="specimen"), path("dien-tap/", guide, name="guide")]

handler400 = "keng.site.health.unreadable"
handler404 = "keng.site.health.not_found"
handler500 = "keng.site.health.broken"
