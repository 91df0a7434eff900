"""The officers' addresses. `/vao/` lets one in, `/ban/` is the desk."""

from __future__ import annotations

from django.urls import path

from keng.doors.officers import appeals, duty, entering, lists, organisations, report, upkeep, villages

app_name = "officers"
urlpatterns = [
    path("vao/<str:token>/", entering.enter, name="enter"),
    path("ban/ra/", entering.leave, name="leave"),
    path("ban/", lists.queue, name="queue"),
    path("ban/hang/", lists.queue_rows, name="queue_rows"),
    path("ban/thu-chet/", lists.dead_letters, name="dead_letters"),
    path("ban/thu-chet/<uuid:ident>/gui-lai/", lists.resend, name="resend"),
    path("ban/so/", lists.ledger_page, name="ledger"),
    path("ban/bao-cao/<str:code>/", report.show, name="report"),
    path("ban/bao-cao/<str:code>/moi/", report.live, name="report_live"),
    path("ban/bao-cao/<str:code>/giu/", report.hold, name="hold"),
    path("ban/bao-cao/<str:code>/viet/", report.say, name="say"),
    path("ban/bao-cao/<str:code>/dong/", report.close, name="close"),
    path("ban/lenh/<str:code>/xac-nhan/", report.confirm, name="confirm"),
    path("ban/lenh/<str:code>/khong/", report.decline, name="decline"),
    path("ban/lenh/<str:code>/thoi-giu/", report.release, name="release"),
    path("ban/khieu-nai/<uuid:ident>/", appeals.decide, name="decide_appeal"),
    path("ban/don-vi/", organisations.tree, name="organisations"),
    path("ban/don-vi/<str:code>/", organisations.show, name="organisation"),
    path("ban/don-vi/<str:code>/giao/", organisations.appoint, name="appoint"),
    path("ban/vai-tro/<int:ident>/thoi/", organisations.end_appointment, name="end_appointment"),
    path("ban/don-vi/<str:code>/ky-nang/", organisations.attest, name="attest"),
    path("ban/don-vi/<str:code>/ky-nang/<int:ident>/rut/", organisations.withdraw, name="withdraw"),
    path("ban/don-vi/<str:code>/truc/", duty.roster, name="roster"),
    path("ban/don-vi/<str:code>/truc/xep/", duty.plan, name="plan_shift"),
    path("ban/ca/<int:ident>/bo/", duty.cancel, name="cancel_shift"),
    path("ban/don-vi/<str:code>/trong/", duty.gaps, name="gaps"),
    path("ban/don-vi/<str:code>/sua/", upkeep.propose, name="propose"),
    path("ban/de-nghi/<uuid:ident>/", upkeep.show, name="proposal"),
    path("ban/de-nghi/<uuid:ident>/duyet/", upkeep.approve, name="approve_proposal"),
    path("ban/de-nghi/<uuid:ident>/khong/", upkeep.decline, name="decline_proposal"),
    path("ban/don-vi/<str:code>/thon/", villages.show, name="villages"),
    path("ban/don-vi/<str:code>/thon/them/", villages.add, name="add_villages"),
    path("ban/thon/<int:ident>/ket-thuc/", villages.end, name="end_village"),
]
