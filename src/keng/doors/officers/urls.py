"""The officers' addresses. `/vao/` lets one in, `/ban/` is the desk."""

from __future__ import annotations

from django.urls import path

from keng.doors.officers import appeals, entering, handovers, lists, report, rulebook, search

app_name = "officers"
urlpatterns = [
    path("vao/<str:token>/", entering.enter, name="enter"),
    path("ban/ra/", entering.leave, name="leave"),
    path("ban/", lists.queue, name="queue"),
    path("ban/hang/", lists.queue_rows, name="queue_rows"),
    path("ban/tim/", search.search, name="search"),
    path("ban/thu-chet/", lists.dead_letters, name="dead_letters"),
    path("ban/thu-chet/<uuid:ident>/gui-lai/", lists.resend, name="resend"),
    path("ban/so/", lists.ledger_page, name="ledger"),
    path("ban/so/<int:serial>/", rulebook.entry, name="ledger_entry"),
    path("ban/quy-dinh/", rulebook.index, name="rules"),
    path("ban/quy-dinh/<str:code>/", rulebook.one_rule, name="rule"),
    path("ban/bao-cao/<str:code>/", report.show, name="report"),
    path("ban/bao-cao/<str:code>/moi/", report.live, name="report_live"),
    path("ban/bao-cao/<str:code>/giu/", report.hold, name="hold"),
    path("ban/bao-cao/<str:code>/viet/", report.say, name="say"),
    path("ban/bao-cao/<str:code>/dong/", report.close, name="close"),
    path("ban/cho-nhan/", handovers.incoming, name="incoming"),
    path("ban/bao-cao/<str:code>/don-vi/", handovers.owner, name="owner"),
    path("ban/bao-cao/<str:code>/chuyen/", handovers.hand_over, name="hand_over"),
    path("ban/chuyen/<uuid:ident>/nhan/", handovers.accept, name="accept_handover"),
    path("ban/chuyen/<uuid:ident>/khong/", handovers.refuse, name="refuse_handover"),
    path("ban/chuyen/<uuid:ident>/rut/", handovers.withdraw, name="withdraw_handover"),
    path("ban/lenh/<str:code>/xac-nhan/", report.confirm, name="confirm"),
    path("ban/lenh/<str:code>/khong/", report.decline, name="decline"),
    path("ban/lenh/<str:code>/thoi-giu/", report.release, name="release"),
    path("ban/khieu-nai/<uuid:ident>/", appeals.decide, name="decide_appeal"),
]
