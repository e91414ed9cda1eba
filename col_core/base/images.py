"""Pictures from outside are never passed on: each is decoded, stripped of what it says about its maker, made new."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from col_core.base.errors import InvalidInput

MAX_PIXELS = 25_000_000
WIDTHS = (480, 960)
MEDIA_TYPE = "image/webp"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_QUALITY = 80


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


def variant_key(key: str, width: int) -> str:
    """Return the key of the file that holds the picture `key` in one of `WIDTHS`."""
    return f"{key}-{width}.webp"


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            # Known from the header: nothing has been decoded yet.
            if image.width * image.height > MAX_PIXELS:
                raise InvalidInput(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.")
            if image.width < 1 or image.height < 1:
                raise InvalidInput("The picture is empty.")
            image.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))
            image.seek(0)
            turned = ImageOps.exif_transpose(image)
            transparent = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
            return turned.convert("RGBA" if transparent else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError) as error:
        raise InvalidInput("This is not a picture that can be read (JPEG, PNG, WebP, GIF, AVIF).") from error


def _encoded(image: Image.Image, max_width: int) -> Reencoded:
    width = min(image.width, max_width)
    height = max(1, min(round(image.height * width / image.width), max_width * 4))
    resized = image.resize((width, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    resized.save(out, "WEBP", quality=_QUALITY, method=4)
    return Reencoded(data=out.getvalue(), width=width, height=height)
