"""Private keys: made, kept as PKCS #8, and lent as a `Signer` that shows nothing of them."""

from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind

# NIST SP 800-57 part 1 gives RSA 3072 the strength of the other two.
_RSA_BITS = 3072

_Key = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class PrivateKey:
    """A private key. Printing it shows its public half only."""

    def __init__(self, key: _Key) -> None:
        self._key = key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            self.public = PublicKey.of_ed25519(key.public_key())
        elif isinstance(key, ec.EllipticCurvePrivateKey):
            self.public = PublicKey.of_p256(key.public_key())
        else:
            self.public = PublicKey.of_rsa(key.public_key())

    @classmethod
    def made(cls, kind: KeyKind) -> Self:
        """Return a new key of `kind`; RSA has 3072 bits."""
        match kind:
            case KeyKind.ED25519:
                return cls(ed25519.Ed25519PrivateKey.generate())
            case KeyKind.P256:
                return cls(ec.generate_private_key(ec.SECP256R1()))
            case KeyKind.RSA:
                return cls(rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS))

    @classmethod
    def of_pkcs8(cls, der: bytes, *, is_ours: bool = False) -> Self:
        """Return the key that unencrypted PKCS #8 in DER holds; raises Unreadable (`key`).

        `is_ours`: we made it and kept it where nobody changed it. Then the primes of an RSA key are not tried again,
        which takes a hundred times as long as signing with it.
        """
        try:
            key = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=is_ours)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Unreadable("key", "no private key in PKCS #8") from None
        if isinstance(key, ec.EllipticCurvePrivateKey) and not isinstance(key.curve, ec.SECP256R1):
            raise Unreadable("key", "an elliptic curve that is not P-256")
        if not isinstance(key, _Key):
            raise Unreadable("key", "a private key of a kind that we do not use")
        return cls(key)

    @property
    def kind(self) -> KeyKind:
        return self.public.kind

    def pkcs8(self) -> bytes:
        """Return the key as PKCS #8 in DER, unencrypted: whoever stores it encrypts it."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def signer(self, method: str) -> "KeySigner":
        """Return what signs with this key under the name `method` (`dids.method_id` makes it)."""
        return KeySigner(self._key, kind=self.kind, method=method)

    def __repr__(self) -> str:
        return f"<private key of {self.public.multibase()}>"


class KeySigner:
    """Signs with one key: a `Signer`."""

    def __init__(self, key: _Key, *, kind: KeyKind, method: str) -> None:
        self._key = key
        self.kind = kind
        self.method = method

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature over `data`, as `Signer` says."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def __repr__(self) -> str:
        return f"<signer {self.method}>"
