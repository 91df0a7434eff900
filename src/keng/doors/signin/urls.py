"""The addresses of the way in (`/vao/`) and of one's own keys and sessions (`/ban/toi/`)."""

from __future__ import annotations

from django.urls import path

from keng.doors.signin import enrolling, entering, mine

app_name = "signin"
urlpatterns = [
    path("vao/", entering.enter, name="enter"),
    path("vao/khoa/hoi/", entering.ask_key, name="ask_key"),
    path("vao/khoa/", entering.take_key, name="take_key"),
    path("vao/lai/", entering.prove, name="prove"),
    path("vao/lai/khoa/hoi/", entering.ask_proof, name="ask_proof"),
    path("vao/lai/khoa/", entering.take_proof, name="take_proof"),
    path("vao/moi/<str:code>/", enrolling.invited, name="invited"),
    path("vao/moi/<str:code>/khoa/hoi/", enrolling.ask_first_key, name="ask_first_key"),
    path("vao/moi/<str:code>/khoa/", enrolling.take_first_key, name="take_first_key"),
    path("ban/toi/", mine.mine, name="mine"),
    path("ban/toi/khoa/hoi/", mine.ask_key, name="ask_own_key"),
    path("ban/toi/khoa/", mine.take_key, name="take_own_key"),
    path("ban/toi/khoa/<uuid:ident>/bo/", mine.remove_key, name="remove_key"),
    path("ban/toi/ung-dung/", mine.authenticator, name="authenticator"),
    path("ban/toi/ung-dung/bo/", mine.remove_authenticator, name="remove_authenticator"),
    path("ban/toi/ma/", mine.codes, name="codes"),
    path("ban/toi/phien/khac/", mine.end_others, name="end_others"),
    path("ban/toi/phien/<uuid:ident>/", mine.end_session, name="end_session"),
]
