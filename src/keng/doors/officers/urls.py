"""The officers' addresses. `/vao/` lets one in, `/ban/` is the desk."""

from __future__ import annotations

from django.urls import path

from keng.doors.officers import appeals, entering, lists, measures, own_data, report, rulebook, search, stuck

app_name = "officers"
urlpatterns = [
    path("vao/<str:token>/", entering.enter, name="enter"),
    path("ban/ra/", entering.leave, name="leave"),
    path("ban/", lists.queue, name="queue"),
    path("ban/hang/", lists.queue_rows, name="queue_rows"),
    path("ban/tim/", search.search, name="search"),
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
    path("ban/so/<int:serial>/", rulebook.entry, name="ledger_entry"),
    path("ban/quy-dinh/", rulebook.index, name="rules"),
    path("ban/quy-dinh/<path:code>/", rulebook.one_rule, name="rule"),
    path("ban/bao-cao/<str:code>/", report.show, name="report"),
    path("ban/bao-cao/<str:code>/moi/", report.live, name="report_live"),
    path("ban/bao-cao/<str:code>/anh/<int:number>/", report.picture, name="picture"),
    path("ban/bao-cao/<str:code>/giu/", report.hold, name="hold"),
    path("ban/bao-cao/<str:code>/de-nghi/<str:kind>/", report.propose, name="propose"),
    path("ban/bao-cao/<str:code>/viet/", report.say, name="say"),
    path("ban/bao-cao/<str:code>/dong/", report.close, name="close"),
    path("ban/yeu-cau-xoa/", own_data.erasures, name="erasures"),
    path("ban/yeu-cau-xoa/<uuid:ident>/", own_data.decide, name="decide_erasure"),
    path("ban/bao-cao/<str:code>/du-lieu/", own_data.own_data, name="own_data"),
    path("ban/bao-cao/<str:code>/luu-giu/", own_data.place_hold, name="place_hold"),
    path("ban/bao-cao/<str:code>/luu-giu/<uuid:ident>/", own_data.release_hold, name="release_hold"),
    path("ban/bao-cao/<str:code>/hoan-bao/", own_data.withhold, name="withhold"),
    path("ban/lenh/", measures.board_page, name="measures"),
    path("ban/lenh/sai/", measures.wrong_page, name="wrong_measures"),
    path("ban/lenh/gia-han/<int:ident>/duyet/", measures.approve_renewal, name="approve_renewal"),
    path("ban/lenh/gia-han/<int:ident>/khong/", measures.decline_renewal, name="decline_renewal"),
    path("ban/lenh/<str:code>/", measures.show_measure, name="measure"),
    path("ban/lenh/<str:code>/moi/", measures.live, name="measure_live"),
    path("ban/lenh/<str:code>/gia-han/", measures.renew, name="renew"),
    path("ban/lenh/<str:code>/sai/", measures.find_wrong, name="find_wrong"),
    path("ban/lenh/<str:code>/xac-nhan/", report.confirm, name="confirm"),
    path("ban/lenh/<str:code>/khong/", report.decline, name="decline"),
    path("ban/lenh/<str:code>/thoi-giu/", report.release, name="release"),
    path("ban/khieu-nai/<uuid:ident>/", appeals.decide, name="decide_appeal"),
    path("ban/khieu-nai/<uuid:ident>/xac-nhan/", appeals.confirm_holder, name="confirm_holder"),
]
