"""Hostile pictures, made here: what comes out is pixels drawn anew, or one word of why not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from keng.base.confined import Read, Unreadable, run
from keng.base.confined.picture import LONGEST_SIDE, MOST_PIXELS, PREVIEW_SIDE

JOB = "keng.base.confined.picture:read"
GPS_PLACE = "GPS-21.0278N-105.8342E"
SECRET = "written-by-a-named-person"


def saved(image, kind, **how):
    stream = BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def plain(size=(60, 40), mode="RGB", colour=(200, 30, 30)):
    return Image.new(mode, size, colour)


def png_head(width, height):
    """A PNG that claims a size, with hardly any pixels behind it."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(bytes(1000))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def drawn(data):
    found = run(JOB, data)
    assert isinstance(found, Read), found
    preview = Image.open(BytesIO(found.output))
    preview.load()
    return found.facts, preview, found.output


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_is_told_by_its_content_and_drawn_anew(kind):
    facts, preview, _ = drawn(saved(plain(), kind))

    assert facts == {"kind": kind, "width": 60, "height": 40, "animated": False}
    assert (preview.format, preview.size) == ("WEBP", (60, 40))
    assert all(abs(had - has) < 12 for had, has in zip((200, 30, 30), preview.getpixel((30, 20)), strict=True))


@pytest.mark.parametrize("kind", ["BMP", "GIF", "ICO", "PDF", "PPM", "TIFF"])
def test_no_other_decoder_is_ever_asked(kind):
    assert run(JOB, saved(plain(), kind)) == Unreadable("not_a_picture")


@pytest.mark.parametrize("data", [b"", b"\0", b"x" * 1000, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7"])
def test_what_is_no_picture_is_none(data):
    assert run(JOB, data) == Unreadable("not_a_picture")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_broken(kind):
    data = saved(Image.effect_noise((300, 300), 80).convert("RGB"), kind)

    assert run(JOB, data[: len(data) // 2]) == Unreadable("broken")


@pytest.mark.parametrize(
    ("width", "height"), [(50_000, 50_000), (LONGEST_SIDE + 1, 1), (1, LONGEST_SIDE + 1), (8001, MOST_PIXELS // 8000)]
)
def test_a_bomb_is_refused_by_its_stated_size(width, height):
    assert run(JOB, png_head(width, height)) == Unreadable("too_many_pixels")


def test_one_pixel_is_a_picture():
    facts, preview, _ = drawn(saved(plain((1, 1)), "PNG"))

    assert (facts["width"], preview.size) == (1, (1, 1))


def test_a_ribbon_of_one_pixel_height_stays_a_picture():
    _, preview, _ = drawn(saved(plain((15_000, 1)), "PNG"))

    assert preview.size == (PREVIEW_SIDE, 1)


def test_a_large_photograph_becomes_a_small_preview():
    facts, preview, output = drawn(saved(Image.effect_noise((6000, 4000), 60).convert("RGB"), "JPEG", quality=60))

    assert (facts["width"], facts["height"], max(preview.size)) == (6000, 4000, PREVIEW_SIDE)
    assert len(output) < 2 * 2**20


def test_where_it_was_taken_and_by_whom_does_not_survive():
    exif = Image.Exif()
    exif[0x013B] = SECRET
    exif.get_ifd(0x8825)[29] = GPS_PLACE
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET)
    for data in (
        saved(plain(), "JPEG", exif=exif, comment=SECRET.encode()),
        saved(plain(), "WEBP", exif=exif, xmp=SECRET.encode()),
        saved(plain(), "PNG", exif=exif, pnginfo=info),
    ):
        assert SECRET.encode() in data and GPS_PLACE.encode() in data
        _, preview, output = drawn(data)
        assert SECRET.encode() not in output and GPS_PLACE.encode() not in output
        assert not preview.getexif() and not set(preview.info) & {"exif", "xmp", "icc_profile", "comment"}


def test_a_picture_held_upright_is_drawn_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    _, preview, _ = drawn(saved(plain((60, 40)), "JPEG", exif=exif))

    assert preview.size == (40, 60)


def test_a_colour_profile_stays_behind_whatever_it_holds():
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (good, b"\xff" * 70_000, b"acsp" * 10):
        _, preview, output = drawn(saved(plain(), "PNG", icc_profile=profile))
        assert "icc_profile" not in preview.info and b"ICCP" not in output


def test_a_polyglot_leaves_its_other_half_behind():
    archive = b"PK\x03\x04" + b"<script>alert(1)</script>" * 40
    for kind in ("JPEG", "PNG", "WEBP"):
        _, _, output = drawn(saved(plain(), kind) + archive)
        assert b"PK\x03\x04" not in output and b"<script>" not in output


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_drawn(kind):
    frames = [plain(colour=(number, 0, 0)) for number in range(0, 250, 25)]

    facts, preview, _ = drawn(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=10))

    assert facts["animated"] is True
    assert not getattr(preview, "is_animated", False)
    assert preview.getpixel((30, 20))[0] < 20


def test_a_clear_picture_lies_on_white_paper():
    _, preview, _ = drawn(saved(plain(mode="RGBA", colour=(0, 0, 0, 0)), "PNG"))

    assert min(preview.getpixel((30, 20))) > 245


@pytest.mark.parametrize("mode", ["1", "CMYK", "I;16", "L", "LA", "P"])
def test_every_way_to_keep_pixels_is_drawn(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"

    _, preview, _ = drawn(saved(Image.new(mode, (9, 7)), kind))

    assert preview.size == (9, 7)


def test_a_text_that_unpacks_to_a_gibibyte_is_broken_not_unpacked():
    bomb = zlib.compress(bytes(200 * 2**20), 9)
    chunk = b"note\0\0" + bomb
    data = saved(plain(), "PNG")
    packed = struct.pack(">I", len(chunk)) + b"zTXt" + chunk + struct.pack(">I", zlib.crc32(b"zTXt" + chunk))

    found = run(JOB, data[:33] + packed + data[33:])

    assert isinstance(found, (Read, Unreadable))
    if isinstance(found, Read):
        assert len(found.output) < 10_000
