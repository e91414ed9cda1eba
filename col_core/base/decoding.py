"""Finding out in which encoding a text from outside is written.

UTF-8 cannot be mistaken. The old one-byte encodings can: every one of them reads every text. Here the letters of the
languages that are expected decide: a Slovenian table is the one in which č, š and ž come out, and not ĺ, è and ű.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup
from collections.abc import Iterable
from dataclasses import dataclass

# The letters beyond a–z, per language.
_LETTERS = {
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ", "bg": "абвгдежзийклмнопрстуфхцчшщъьюя", "bs": "čćđšž",
    "cs": "áčďéěíňóřšťúůýž", "da": "æøå", "de": "äöüß", "el": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ", "es": "áéíñóúü",
    "et": "äõöüšž", "fi": "äöå", "fr": "àâæçéèêëîïôœùûüÿ", "hr": "čćđšž", "hu": "áéíóöőúüű", "it": "àèéìòù",
    "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџш", "nb": "æøå", "nl": "éëïóöü",
    "pl": "ąćęłńóśźż", "pt": "áâãàçéêíóôõú", "ro": "ăâîșțşţ", "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sr": "абвгдђежзијклљмнњопрстћуфхцчџшčćđšž", "sv": "åäö", "tr": "çğıöşü",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
}  # fmt: skip
_PUNCTUATION = "„“”‚‘’–—…«»›‹€°§©®×·½\u00a0"
_CANDIDATES = (
    "cp1250", "cp1257", "cp1252", "iso8859-2", "iso8859-13", "cp1251", "cp1253", "cp1254", "cp1256",
)  # fmt: skip
_SAMPLE = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A text and the encoding in which it was read."""

    text: str
    encoding: str


def decoded(body: bytes, *, declared: str | None = None, languages: Iterable[str] = ()) -> Decoded:
    """Return `body` as text: by its byte order mark, as UTF-8, as `declared`, else as `languages` would write it.

    `declared` is what a server or a setting says; it counts only where the text can be read so. `languages` are
    tags, the likeliest first. Never raises: what no encoding explains is replaced by U+FFFD.
    """
    for mark, encoding in ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return Decoded(text=body[len(mark) :].decode(encoding, errors="replace"), encoding=encoding)
    for named in ("utf-8", declared):
        if named is not None and (text := _strictly(body, named)) is not None:
            return Decoded(text=text, encoding=named)
    tags = [tag.partition("-")[0] for tag in languages]
    score, _, encoding = max((*_likeness(body, each, tags), each) for each in _CANDIDATES)
    if score <= 0:
        *_, encoding = max((*_likeness(body, each, list(_LETTERS)), each) for each in _CANDIDATES)
    return Decoded(text=body.decode(encoding, errors="replace"), encoding=encoding)


def is_encoding(name: str) -> bool:
    """Return whether `name` is an encoding of text that we know."""
    try:
        return lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _strictly(body: bytes, encoding: str) -> str | None:
    if not is_encoding(encoding):
        return None
    try:
        return body.decode(encoding)
    except UnicodeError:
        return None


def _likeness(body: bytes, encoding: str, tags: list[str]) -> tuple[float, int]:
    """Score how much like one of the languages the text would be; among equals the commoner encoding wins."""
    high = bytes(each for each in body[:_SAMPLE] if each > 127)
    seen = high.decode(encoding, errors="replace")
    best = 0.0
    for tag in tags:
        letters = _LETTERS.get(tag, "")
        expected = set(letters + letters.upper() + _PUNCTUATION)
        best = max(best, sum(1.0 if each in expected else -0.5 if each.isalpha() else -1.0 for each in seen))
    return best, -_CANDIDATES.index(encoding)
