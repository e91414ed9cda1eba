import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from col_core.badges.credentials import baking_png
from col_core.badges.credentials.baking_png import BadPicture, bake, unbake


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(made, "PNG")
    return made.getvalue()


def chunk(kind: bytes, data: bytes, *, crc: int | None = None) -> bytes:
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def with_chunks(*extra: bytes) -> bytes:
    png = picture()
    head = 8 + 25
    return png[:head] + b"".join(extra) + png[head:]


def packed(text: bytes) -> bytes:
    return chunk(b"iTXt", b"openbadgecredential\x00\x01\x00\x00\x00" + zlib.compress(text, 9))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_was_baked_is_read_again(credential):
    assert unbake(bake(picture(), credential)) == credential


def test_a_baked_picture_is_still_the_same_picture():
    with Image.open(BytesIO(bake(picture(), '{"id":"č"}'))) as baked:
        baked.load()
        assert baked.getpixel((1, 1)) == Image.new("RGB", (1, 1), "teal").getpixel((0, 0))


def test_the_badge_stands_between_the_header_and_the_first_data_and_is_not_packed():
    baked = bake(picture(), "a.b.c")
    at = baked.index(b"iTXt")
    assert baked.index(b"IHDR") < at < baked.index(b"IDAT")
    assert baked[at + 4 :].startswith(b"openbadgecredential\x00\x00\x00\x00\x00a.b.c")


def test_a_second_badge_replaces_the_first_whatever_its_kind():
    older = with_chunks(chunk(b"tEXt", b"openbadges\x00https://example.org/1"))
    twice = bake(bake(older, "first"), "second")
    assert unbake(twice) == "second"
    assert twice.count(b"openbadge") == 1


def test_a_picture_without_a_badge_has_none():
    assert unbake(picture()) is None


@pytest.mark.parametrize(
    "old", [b"tEXtopenbadges\x00https://example.org/1", b"iTXtopenbadges\x00\x00\x00\x00\x00https://example.org/1"]
)
def test_badges_of_the_older_standard_are_read(old):
    assert unbake(with_chunks(chunk(old[:4], old[4:]))) == "https://example.org/1"


def test_a_packed_badge_is_read():
    assert unbake(with_chunks(packed('{"id":"č"}'.encode()))) == '{"id":"č"}'


def test_a_badge_that_unpacks_to_five_hundred_megabytes_is_refused_early():
    bomb = with_chunks(packed(bytes(500_000_000)))
    assert len(bomb) < 1_000_000
    with pytest.raises(BadPicture, match="longer"):
        unbake(bomb)


def test_a_badge_whose_packing_breaks_off_is_refused():
    data = b"openbadgecredential\x00\x01\x00\x00\x00" + zlib.compress(b"x" * 1000)[:-6]
    with pytest.raises(BadPicture, match="breaks off"):
        unbake(with_chunks(chunk(b"iTXt", data)))


def test_a_wrong_checksum_is_refused():
    data = b"openbadgecredential\x00\x00\x00\x00\x00a.b.c"
    with pytest.raises(BadPicture, match="checksum"):
        unbake(with_chunks(chunk(b"iTXt", data, crc=1)))


def test_two_badges_of_one_kind_are_refused():
    one = chunk(b"iTXt", b"openbadgecredential\x00\x00\x00\x00\x00a.b.c")
    with pytest.raises(BadPicture, match="two badges"):
        unbake(with_chunks(one, one))


def test_what_follows_the_end_of_the_picture_is_neither_read_nor_kept():
    baked = bake(picture() + b"PK\x03\x04 something else", "a.b.c")
    assert baked.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))
    hidden = picture() + chunk(b"iTXt", b"openbadgecredential\x00\x00\x00\x00\x00a.b.c")
    assert unbake(hidden) is None


def test_too_many_chunks_and_too_long_a_file_are_refused():
    with pytest.raises(BadPicture, match="too many"):
        unbake(with_chunks(*[chunk(b"teXt", b"")] * 30_000))
    with pytest.raises(BadPicture, match="longer"):
        unbake(baking_png.SIGNATURE + bytes(baking_png.MAX_PICTURE_BYTES))


@given(st.binary(max_size=200), st.integers(0, 100))
def test_any_bytes_give_an_answer_or_a_reason(noise, at):
    png = picture()
    for each in (noise, baking_png.SIGNATURE + noise, png[:at] + noise + png[at:], png[:at] + noise):
        with suppress(BadPicture):
            unbake(each)
