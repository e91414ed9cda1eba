"""Pictures from outside are never passed on: each is decoded, stripped of what it says about its maker, made new."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from col_core.base.errors import InvalidInput

MAX_PIXELS = 25_000_000
WIDTHS = (480, 960)
MEDIA_TYPE = "image/webp"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_QUALITY = 80
# Orientations of EXIF in which the picture was taken with the camera on its side.
_ON_THEIR_SIDE = (5, 6, 7, 8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reencoded:
    """A picture as WebP, without metadata; `width` and `height` in pixels."""

    data: bytes
    width: int
    height: int


def reencode(data: bytes, *, max_width: int = WIDTHS[-1]) -> Reencoded:
    """Return the picture at most `max_width` pixels wide, the first frame of an animation, turned as it was taken.

    Raises InvalidInput for what is not a picture that we read, or has more than `MAX_PIXELS`.
    """
    return _encoded(_opened(data), max_width)


def reencode_all(data: bytes) -> Mapping[int, Reencoded]:
    """Return the picture in each of `WIDTHS` (at most), decoding it once. Raises as `reencode`."""
    image = _opened(data)
    return {width: _encoded(image, width) for width in WIDTHS}


def reencoded_size(file: Path, *, max_width: int = WIDTHS[-1]) -> tuple[int, int]:
    """Return the width and height in pixels that `reencode` will give the picture, from the head of the file alone.

    Raises InvalidInput as `reencode` does.
    """
    with _pictures_only(), Image.open(file, formats=_FORMATS) as image:
        width, height = image.size
        _refuse_size(width, height)
        if image.getexif().get(ExifTags.Base.Orientation) in _ON_THEIR_SIDE:
            width, height = height, width
    return _fitted(width, height, max_width)


def reencode_square(data: bytes, *, side: int) -> bytes:
    """Return the picture as PNG in the middle of a transparent square, at most `side` pixels. Raises as `reencode`."""
    image = _opened(data).convert("RGBA")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (max(image.size), max(image.size)))
    square.paste(image, ((square.width - image.width) // 2, (square.height - image.height) // 2))
    out = BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()


def variant_key(key: str, width: int) -> str:
    """Return the key of the file that holds the picture `key` in one of `WIDTHS`."""
    return f"{key}-{width}.webp"


def base_key(variant: str) -> str:
    """Return the key of the picture that the file `variant` belongs to."""
    return variant.rpartition("-")[0]


def _opened(data: bytes) -> Image.Image:
    with _pictures_only(), Image.open(BytesIO(data), formats=_FORMATS) as image:
        # Known from the header: nothing has been decoded yet.
        _refuse_size(image.width, image.height)
        image.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))
        image.seek(0)
        turned = ImageOps.exif_transpose(image)
        transparent = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        return turned.convert("RGBA" if transparent else "RGB")


def _refuse_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InvalidInput(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.")
    if width < 1 or height < 1:
        raise InvalidInput("The picture is empty.")


@contextmanager
def _pictures_only() -> Iterator[None]:
    """Turn what Pillow says about a bad picture into one error."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError) as error:
        raise InvalidInput("This is not a picture that can be read (JPEG, PNG, WebP, GIF, AVIF).") from error


def _encoded(image: Image.Image, max_width: int) -> Reencoded:
    width, height = _fitted(image.width, image.height, max_width)
    resized = image.resize((width, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    resized.save(out, "WEBP", quality=_QUALITY, method=4)
    return Reencoded(data=out.getvalue(), width=width, height=height)


def _fitted(width: int, height: int, max_width: int) -> tuple[int, int]:
    fitted = min(width, max_width)
    return fitted, max(1, min(round(height * fitted / width), max_width * 4))
