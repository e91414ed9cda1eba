"""base58btc, in which keys and proofs are written.

Source: draft-msporny-base58-03; alphabet of Controlled Identifiers 1.0, section 2.4 (multibase `z`).
"""

from col_core.badges.credentials.errors import Unreadable

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_TEN_LETTERS = 58**10
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
# A key of RSA 8192 is the longest that is written so; longer text only costs time.
_MAX_LENGTH = 2_000


def encoded(data: bytes) -> str:
    """Return `data` in base58btc, without the multibase `z`."""
    number = int.from_bytes(data)
    letters = []
    while number:
        # Ten letters at a time: dividing the long number is what takes time.
        number, few = divmod(number, _TEN_LETTERS)
        for _ in range(10):
            few, value = divmod(few, 58)
            letters.append(_ALPHABET[value])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters)).lstrip("1")


def decoded(text: str) -> bytes:
    """Return the bytes that `text` stands for; raises Unreadable (`base58`). Each bytes have one text only."""
    if len(text) > _MAX_LENGTH:
        raise Unreadable("base58", "too long")
    number = 0
    for letter in text:
        if letter not in _VALUES:
            raise Unreadable("base58", f"{letter!r} is no letter of base58")
        number = number * 58 + _VALUES[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def multibase_decoded(text: object) -> bytes:
    """Return the bytes of a multibase text in base58btc (`z…`); raises Unreadable (`base58`) for any other."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) == 1:
        raise Unreadable("base58", "it does not begin with z")
    return decoded(text[1:])
