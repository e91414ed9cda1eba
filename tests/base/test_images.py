import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from col_core.base.errors import InvalidInput
from col_core.base.images import WIDTHS, reencode, reencode_all, variant_key


def picture(width: int, height: int, form: str, mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height)).save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        image.load()
        return image


def png_header_of(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + b"\0\0\0\4IDAT"


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "I;16"), ("GIF", "P"), ("WEBP", "RGBA")]
)
def test_every_kind_becomes_webp_in_two_widths(form: str, mode: str) -> None:
    made = reencode_all(picture(1200, 600, form, mode))
    assert {width: (each.width, each.height) for width, each in made.items()} == {480: (480, 240), 960: (960, 480)}
    assert all(opened(each.data).format == "WEBP" for each in made.values())


def test_a_small_picture_is_not_blown_up() -> None:
    assert reencode(picture(100, 50, "PNG")).width == 100


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    made = reencode(picture(40, 20, "JPEG", exif=exif))
    assert (made.width, made.height) == (20, 40)
    assert b"Camera" not in made.data
    assert not opened(made.data).getexif()


def test_of_an_animation_the_first_frame_stays() -> None:
    out = BytesIO()
    Image.new("RGB", (10, 10), "red").save(
        out, "GIF", save_all=True, append_images=[Image.new("RGB", (10, 10), "blue")]
    )
    made = opened(reencode(out.getvalue()).data)
    assert getattr(made, "n_frames", 1) == 1
    pixel = made.convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > 50 > pixel[2]


@pytest.mark.parametrize("size", [(5001, 5000), (12_000, 12_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_by_the_header_alone(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match="25 million"):
        reencode(png_header_of(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe",
        b"\x89PNG\r\n\x1a\n",
        picture(50, 50, "JPEG")[:200],
        png_header_of(10, 10),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        reencode(data)


def test_variants_have_keys_of_their_own() -> None:
    assert [variant_key("opportunities/ab/cd", width) for width in WIDTHS] == [
        "opportunities/ab/cd-480.webp",
        "opportunities/ab/cd-960.webp",
    ]
