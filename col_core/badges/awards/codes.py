"""Codes that claim a badge: 80 random-looking bits, easy to read out and to type, and in no database.

The code of an award is worked out from its id under the city's secret, so that a lost sheet can be printed again; the
database knows its digest alone. A screen's code is worked out from the time, too, and is good for a minute or two.
Letters: Crockford's Base32, which has no I, L, O, U.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from col_core.badges.credentials.records import HashedEmail

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 16, 4
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
# A screen shows a code so long; one that was scanned at the end of it is good for that long again.
SCREEN_STEP_S = 30
_STEPS_GOOD = 3


class Codes:
    """Makes and recognises the codes of one city."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"city of learning: codes of badges", hashlib.sha256)

    def of_award(self, award_id: str, number: int) -> str:
        """Return the `number`th code of an award; a new number makes the old code worthless."""
        return self._code(f"award:{award_id}:{number}")

    def of_link(self, link_id: str) -> str:
        """Return the code of an open link, or the secret address of a screen."""
        return self._code(f"link:{link_id}")

    def of_holder(self, holder_id: str, number: int) -> str:
        """Return the `number`th recovery code of somebody who keeps badges here."""
        return self._code(f"holder:{holder_id}:{number}")

    def on_screen(self, link_id: str, now: datetime) -> str:
        """Return the code that a screen shows now."""
        return self._shown(link_id, int(now.timestamp()) // SCREEN_STEP_S)

    def is_on_screen(self, link_id: str, code: str, now: datetime) -> bool:
        """Whether a screen showed `code` a moment ago."""
        step = int(now.timestamp()) // SCREEN_STEP_S
        shown = [self._shown(link_id, step - back) for back in range(_STEPS_GOOD)]
        return any(hmac.compare_digest(each, code) for each in shown)

    def repeat_key(self, *parts: str) -> str:
        """Return what tells a repeated row from another one, and tells nobody whose it was."""
        return hmac.digest(self._key, "\0".join(("repeat", *parts)).encode(), hashlib.sha256).hex()

    def _shown(self, link_id: str, step: int) -> str:
        return self._code(f"screen:{link_id}:{step}")

    def _code(self, what: str) -> str:
        number = int.from_bytes(hmac.digest(self._key, what.encode(), hashlib.sha256)[: _LENGTH * 5 // 8])
        return "".join(_LETTERS[number >> (5 * place) & 31] for place in range(_LENGTH))


def read(text: str) -> str | None:
    """Return the code that somebody typed, scanned or pasted, or None where it cannot be one.

    Case, blanks and dashes do not matter, and letters that look like a digit are taken for it.
    """
    if len(text) > 4 * _LENGTH:
        return None
    letters = "".join(each for each in text.upper() if not each.isspace() and each not in "-–—·._").translate(_MEANT)
    return letters if len(letters) == _LENGTH and all(each in _LETTERS for each in letters) else None


def written(code: str) -> str:
    """Return a code as people read it: in groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def hashed_email(address: str) -> HashedEmail:
    """Return an e-mail address as a badge holds it: SHA-256 over the address and a fresh salt (IdentityObject)."""
    salt = secrets.token_hex(16)
    return HashedEmail(digest_hex=hashlib.sha256(f"{address}{salt}".encode()).hexdigest(), salt=salt)


def digest(code: str) -> str:
    """Return what the database knows a code by; without salt, for there are 80 bits in it to guess."""
    return hashlib.sha256(code.encode()).hexdigest()
