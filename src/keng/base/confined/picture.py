"""A job for the confined process: what a picture is, and a bounded drawing of it that carries nothing of the original's bytes.

The type is told by the content. Only JPEG, PNG and WebP are decoded; EXIF, GPS, colour profiles, comments, further frames and
whatever is appended stay behind, since pixels alone are drawn anew.
"""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from keng.base.confined.inside import UnreadableError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 20_000
PREVIEW_SIDE = 1280
QUALITY = 80
PAPER = (255, 255, 255)


def prepare() -> None:
    """Load every decoder while files can still be read."""
    Image.init()
    for kind in FORMATS:
        sample = BytesIO()
        Image.new("RGB", (8, 8), PAPER).save(sample, kind, **({"exif": b""} if kind != "PNG" else {}))
        read(sample.getvalue())
    read(_with_orientation())


def read(data: bytes) -> tuple[dict[str, object], bytes]:
    """Facts (kind, width, height, animated) and the preview as WebP. Raises UnreadableError with one word of why."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # our own limit comes first and says so
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = _open(data)
        width, height = image.size
        facts: dict[str, object] = {
            "kind": image.format,
            "width": width,
            "height": height,
            "animated": bool(getattr(image, "is_animated", False)),
        }
        return facts, _drawn(image)


def _open(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnreadableError("not_a_picture") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableError("broken") from error
    width, height = image.size
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise UnreadableError("too_many_pixels")
    return image


def _drawn(image: Image.Image) -> bytes:
    """The pixels of the first frame, upright, at most 1280 on a side, on white paper, as WebP without any metadata."""
    try:
        image.draft("RGB", (2 * PREVIEW_SIDE, 2 * PREVIEW_SIDE))  # JPEG decodes smaller at once
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableError("broken") from error
    small = _upright(image)
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    sheet = Image.new("RGB", small.size, PAPER)
    if small.mode in ("RGBA", "LA", "PA") or "transparency" in small.info:
        clear = small.convert("RGBA")
        sheet.paste(clear, mask=clear.getchannel("A"))
    else:
        sheet.paste(small.convert("RGB"))
    drawn = BytesIO()
    sheet.save(drawn, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return drawn.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - EXIF is a stranger's word; a picture lying on its side is still a picture
        return image.copy()


def _with_orientation() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    sample = BytesIO()
    Image.new("RGB", (8, 4), PAPER).save(sample, "JPEG", exif=exif)
    return sample.getvalue()
