"""The demo's story, step by step, on screen: what to press, in whose place. Wired only with the demo on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

MESSAGE = (
    "Mẹ ơi con đây, điện thoại con rơi vỡ nên con nhắn nhờ máy bạn. Con bị tai nạn xe đang cấp cứu ở bệnh viện, "
    "phải đóng viện phí gấp 4.800.000đ mới được mổ. Mẹ chuyển ngay vào STK 0000480000019 Vietcombank giúp con, "
    "đây là tài khoản chị y tá. Mẹ đừng gọi lại, con không nghe máy được. Chuyển xong mẹ nhắn con nhé!"
)
"""The README's message; the demo's day moves this money to this account."""


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The six steps."""
    return render(request, "public/guide.html", {"message": MESSAGE})
