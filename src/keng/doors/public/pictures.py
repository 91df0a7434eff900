"""Adding pictures to a report, after it was sent: the money's clock does not wait for an upload. No script needed."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from keng.base import clock
from keng.base.errors import ConflictError, InputError
from keng.desk.fraud.reports import pictures
from keng.desk.fraud.reports.actions import report_of
from keng.desk.ground.keys.queries import store
from keng.doors.public.pages import track_page
from keng.doors.told import status_of


@require_POST
@never_cache
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the chosen pictures. Those before one that cannot be taken are kept."""
    report_of(code)
    files = request.FILES.getlist("picture")
    if not files:
        return track_page(request, code, 422, picture_error=_("Bạn chưa chọn ảnh nào."))
    for file in files:
        try:
            pictures.attach(code, bytes_of(file), store(), now=clock.now())
        except (InputError, ConflictError) as error:
            said = error.said.in_language(get_language() or "vi")
            return track_page(request, code, status_of(error), picture_error=said)
    return redirect(reverse("public:track", args=[code]) + "#pictures")


def bytes_of(file: UploadedFile) -> bytes:
    """The whole file, which is in memory; no more of it than a picture may have."""
    data: bytes = file.read(pictures.MAX_BYTES + 1)
    return data
