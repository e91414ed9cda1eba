"""Private keys at rest: encrypted under a secret that is in no database and no backup of it.

`COL_BADGE_KEY` is that secret, else the city's own (`base/keys.py`). A row alone is worth nothing, and a sealed key
cannot be put in the place of another one: its id is sealed with it.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from col_core.base.errors import ConfigError

_NONCE_BYTES = 12


class Box:
    """Seals and opens with one secret. AES-256-GCM (NIST SP 800-38D), the key by HKDF (RFC 5869)."""

    def __init__(self, secret: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"city of learning: keys of badge issuers")
        self._cipher = AESGCM(derive.derive(secret.encode()))

    def seal(self, data: bytes, *, about: str) -> bytes:
        """Return `data` encrypted; only with the same `about` can it be opened again."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return what was sealed. Raises ConfigError where the secret is another one."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
        except InvalidTag as error:
            raise ConfigError(
                f"The badge key {about} cannot be opened: it was sealed under another secret. Put back the "
                "COL_BADGE_KEY (or, where that was not set, the COL_SECRET_KEY or secret.key) of that time; "
                "`col badges keys reseal` then moves the keys under a new one."
            ) from error
