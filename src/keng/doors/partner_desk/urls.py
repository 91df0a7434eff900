"""The addresses of the partners' desk."""

from __future__ import annotations

from django.urls import path

from keng.doors.partner_desk import files, followups, lists, registers, requests

app_name = "partner_desk"
urlpatterns = [
    path("doi-tac/", requests.home, name="home"),
    path("doi-tac/hang/", requests.rows, name="rows"),
    path("doi-tac/yeu-cau/<uuid:ident>/", requests.show_request, name="request"),
    path("doi-tac/yeu-cau/<uuid:ident>/moi/", requests.request_live, name="request_live"),
    path("doi-tac/yeu-cau/<uuid:ident>/tra-loi/", requests.answer, name="answer"),
    path("doi-tac/yeu-cau/<uuid:ident>/hoi/", requests.ask, name="ask"),
    path("doi-tac/da-tra-loi/", requests.history, name="history"),
    path("doi-tac/theo-doi/", followups.home, name="followups"),
    path("doi-tac/theo-doi/xong/", followups.all_done, name="followups_done"),
    path("doi-tac/theo-doi/da-sua/", followups.corrected, name="followups_corrected"),
    path("doi-tac/theo-doi/<uuid:ident>/tra-loi/", followups.answer, name="answer_followup"),
    path("doi-tac/tep/", files.home, name="files"),
    path("doi-tac/tep/<str:code>.<str:form>", files.download, name="download"),
    path("doi-tac/tep/ket-qua/<uuid:ident>/", files.result, name="result"),
    path("doi-tac/tep/ket-qua/<uuid:ident>/csv/", files.result_file, name="result_file"),
    path("doi-tac/so-dang-ky/", registers.home, name="registers"),
    path("doi-tac/so-dang-ky/mo/", registers.begin, name="register_begin"),
    path("doi-tac/so-dang-ky/<str:code>/", registers.one, name="register"),
    path("doi-tac/so-dang-ky/<str:code>/da-nhan/", registers.standing, name="register_standing"),
    path("doi-tac/so-dang-ky/<str:code>/phan/", registers.part, name="register_part"),
    path("doi-tac/so-dang-ky/<str:code>/xong/", registers.finish, name="register_finish"),
    path("doi-tac/so-dang-ky/<str:code>/bo/", registers.abandon, name="register_abandon"),
    path("doi-tac/so-dang-ky/<str:code>/moi/", registers.live, name="register_live"),
    path("doi-tac/so-dang-ky/<str:code>/ho-so/", registers.rows, name="register_rows"),
    path("doi-tac/so-dang-ky/<str:code>/tep.<str:form>", registers.export, name="register_export"),
    path("doi-tac/danh-sach/", lists.home, name="lists"),
    path("doi-tac/danh-sach/tep/", lists.give, name="give_list"),
    path("doi-tac/hoi/", registers.question, name="question"),
]
