"""The officers' addresses. `/vao/` lets one in, `/ban/` is the desk."""

from __future__ import annotations

from django.urls import path

from keng.doors.officers import appeals, entering, lists, report, stuck

app_name = "officers"
urlpatterns = [
    path("vao/<str:token>/", entering.enter, name="enter"),
    path("ban/ra/", entering.leave, name="leave"),
    path("ban/", lists.queue, name="queue"),
    path("ban/hang/", lists.queue_rows, name="queue_rows"),
    path("ban/thu-chet/", stuck.dead_letters, name="dead_letters"),
    path("ban/thu-chet/dot/", stuck.batch_rows, name="batch_rows"),
    path("ban/thu-chet/gui-lai-het/", stuck.resend_all, name="resend_all"),
    path("ban/thu-chet/<uuid:ident>/gui-lai/", stuck.resend, name="resend"),
    path("ban/thu-chet/<uuid:ident>/bo/", stuck.drop_letter, name="drop_letter"),
    path("ban/viec/<uuid:ident>/lam-lai/", stuck.retry_task, name="retry_task"),
    path("ban/viec/<uuid:ident>/bo/", stuck.drop_task, name="drop_task"),
    path("ban/dot/<uuid:ident>/lam-lai/", stuck.retry_batch, name="retry_batch"),
    path("ban/dot/<uuid:ident>/dung/", stuck.cancel_batch, name="cancel_batch"),
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
]
