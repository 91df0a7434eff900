"""What the ledger says about one's own affair, proven, as an archive to take along."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from importlib.resources import files

from django.http import HttpResponse

from keng.desk.ground.ledger.export import proof_lines
from keng.desk.ground.ledger.layout import PROOFS

README = "README.txt"


def archive_reply(about: str, name: str, readme: str, now: datetime) -> HttpResponse:
    """An archive with the entries about that subject, about 1 kB each, and how to check them. `readme`: a file of this folder.

    It never holds what was sent: a receipt is no file drop. InputError if nothing was ever signed.
    """
    text = files("keng.doors.public").joinpath(readme).read_text(encoding="utf-8")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PROOFS, "".join(proof_lines(about, now)))
        archive.writestr(README, text.replace("{code}", name).replace("{about}", about))
    headers = {"Content-Disposition": f'attachment; filename="keng-{name}.zip"'}
    return HttpResponse(file.getvalue(), content_type="application/zip", headers=headers)
