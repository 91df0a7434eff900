"""The citizen's addresses."""

from __future__ import annotations

from django.urls import path

from keng.doors.gate.pages import challenge
from keng.doors.public import appeal, followup, own_data, pages, pictures

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("bao/", pages.start, name="start"),
    path("bao/gui/", pages.send, name="send"),
    path("theo-doi/", pages.track_ask, name="track_ask"),
    path("theo-doi/<str:code>/", pages.track, name="track"),
    path("theo-doi/<str:code>/bien-nhan/", pages.sent, name="sent"),
    path("theo-doi/<str:code>/moi/", pages.track_live, name="track_live"),
    path("theo-doi/<str:code>/anh/", pictures.add, name="pictures"),
    path("cong/<str:purpose>/", challenge, name="gate"),
    path("theo-doi/<str:code>/viet/", pages.say, name="say"),
    path("theo-doi/<str:code>/bang-chung/", own_data.proofs, name="proofs"),
    path("theo-doi/<str:code>/xoa/", own_data.erase, name="erase"),
    path("sua/<str:code>/", followup.show, name="followup"),
    path("sua/<str:code>/noi/", followup.say, name="followup_say"),
    path("sua/<str:code>/khieu-nai/", followup.appeal, name="followup_appeal"),
    path("khieu-nai/<str:code>/", appeal.appeal, name="appeal"),
    path("khieu-nai/tra-loi/<str:receipt>/", appeal.answer, name="appeal_answer"),
    path("khieu-nai/tra-loi/<str:receipt>/bang-chung/", appeal.proofs, name="appeal_proofs"),
    path("khieu-nai/tra-loi/<str:receipt>/lan-nua/", appeal.again, name="appeal_again"),
]
