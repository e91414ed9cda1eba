"""Public keys: Ed25519, P-256 and RSA, read from and written as Multikey and JSON Web Key.

Sources: Controlled Identifiers 1.0, sections 2.2.2 (Multikey) and 2.2.3 (JsonWebKey); RFC 7517, 7518, 7638, 8037;
multicodec table (ed25519-pub 0xed, p256-pub 0x1200, rsa-pub 0x1205).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from col_core.badges.credentials import base58, base64url, json_text
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import KeyKind

_CODES = {KeyKind.ED25519: b"\xed\x01", KeyKind.P256: b"\x80\x24", KeyKind.RSA: b"\x85\x24"}
_RSA_BITS = range(2048, 8193)
_RSA_EXPONENTS = range(3, 2**32, 2)
_SIGNATURE_BYTES = 64
_LONGEST_PEM = 4_000
# What only the private half of a JSON Web Key has.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# The wrapping of a PKCS #1 key as SubjectPublicKeyInfo names RSA (RFC 3279, section 2.3.1).
_RSA_NAME = bytes.fromhex("300d06092a864886f70d0101010500")


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A public key. `raw`: 32 bytes for Ed25519, the compressed point for P-256, PKCS #1 in DER for RSA."""

    kind: KeyKind
    raw: bytes

    def __post_init__(self) -> None:
        _ = self._loaded

    @classmethod
    def of_multibase(cls, text: object) -> Self:
        """Return the key that a `publicKeyMultibase` holds; raises Unreadable (`key`)."""
        try:
            data = base58.multibase_decoded(text)
        except Unreadable as error:
            raise Unreadable("key", f"no Multikey: {error.message}") from None
        for kind, code in _CODES.items():
            if data.startswith(code):
                return cls(kind=kind, raw=data[len(code) :])
        raise Unreadable("key", "a Multikey of a kind that we do not read")

    @classmethod
    def of_jwk(cls, jwk: object) -> Self:
        """Return the key that a JSON Web Key holds; raises Unreadable (`key`), also for a private key."""
        if not isinstance(jwk, Mapping):
            raise Unreadable("key", "no JSON Web Key")
        if jwk.keys() & _PRIVATE:
            raise Unreadable("key", "a JSON Web Key that shows its private half")
        try:
            match jwk.get("kty"), jwk.get("crv"):
                case "OKP", "Ed25519":
                    return cls(kind=KeyKind.ED25519, raw=base64url.decoded(jwk.get("x")))
                case "EC", "P-256":
                    x, y = (_number(jwk, each) for each in "xy")
                    point = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
                    return cls(kind=KeyKind.P256, raw=_compressed(point))
                case "RSA", _:
                    return cls.of_rsa(rsa.RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key())
        except Unreadable as error:
            raise Unreadable("key", error.message) from None
        except ValueError as error:
            raise Unreadable("key", f"no such key: {error}") from None
        raise Unreadable("key", "a JSON Web Key of a kind that we do not read")

    @classmethod
    def of_rsa(cls, key: rsa.RSAPublicKey) -> Self:
        return cls(kind=KeyKind.RSA, raw=key.public_bytes(Encoding.DER, PublicFormat.PKCS1))

    @classmethod
    def of_p256(cls, key: ec.EllipticCurvePublicKey) -> Self:
        return cls(kind=KeyKind.P256, raw=_compressed(key))

    @classmethod
    def of_ed25519(cls, key: ed25519.Ed25519PublicKey) -> Self:
        return cls(kind=KeyKind.ED25519, raw=key.public_bytes_raw())

    @classmethod
    def of_pem(cls, text: object) -> Self:
        """Return the key that PEM holds (RFC 7468, section 13; RSA also as PKCS #1); raises Unreadable (`key`)."""
        if not isinstance(text, str) or len(text) > _LONGEST_PEM:
            raise Unreadable("key", "no public key in PEM")
        try:
            key = load_pem_public_key(text.encode())
        except (ValueError, TypeError, UnsupportedAlgorithm, UnicodeError):
            raise Unreadable("key", "no public key in PEM") from None
        if isinstance(key, rsa.RSAPublicKey):
            return cls.of_rsa(key)
        if isinstance(key, ed25519.Ed25519PublicKey):
            return cls.of_ed25519(key)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            return cls.of_p256(key)
        raise Unreadable("key", "a public key of a kind that we do not use")

    def pem(self) -> str:
        """Return the key as SubjectPublicKeyInfo in PEM (RFC 7468, section 13)."""
        return self._loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def multibase(self) -> str:
        """Return the key as a `publicKeyMultibase`."""
        return f"z{base58.encoded(_CODES[self.kind] + self.raw)}"

    def jwk(self) -> dict[str, str]:
        """Return the key as a JSON Web Key, with nothing that is not needed."""
        key = self._loaded
        if isinstance(key, rsa.RSAPublicKey):
            numbers = key.public_numbers()
            return {"kty": "RSA", "n": _written(numbers.n), "e": _written(numbers.e)}
        if isinstance(key, ec.EllipticCurvePublicKey):
            point = key.public_numbers()
            return {"kty": "EC", "crv": "P-256", "x": _written(point.x, 32), "y": _written(point.y, 32)}
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encoded(self.raw)}

    def thumbprint(self) -> str:
        """Return the name that RFC 7638 gives the key: base64url of SHA-256 over the sorted JSON Web Key."""
        sorted_jwk = dict(sorted(self.jwk().items()))
        return base64url.encoded(hashlib.sha256(json_text.written(sorted_jwk)).digest())

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Return whether `signature`, as a `Signer` of this kind makes it, is one over `data`."""
        key = self._loaded
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
            elif len(signature) != _SIGNATURE_BYTES:
                return False
            elif isinstance(key, ec.EllipticCurvePublicKey):
                r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
            else:
                key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _loaded(self) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
        try:
            if self.kind == KeyKind.ED25519:
                return ed25519.Ed25519PublicKey.from_public_bytes(self.raw)
            if self.kind == KeyKind.P256:
                return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.raw)
            return _rsa(self.raw)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Unreadable("key", f"no {self.kind} key: {error}") from None


def _compressed(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _rsa(pkcs1: bytes) -> rsa.RSAPublicKey:
    bits = b"\0" + pkcs1
    key = load_der_public_key(_der(0x30, _RSA_NAME + _der(0x03, bits)))
    assert isinstance(key, rsa.RSAPublicKey)
    if key.key_size not in _RSA_BITS or key.public_numbers().e not in _RSA_EXPONENTS:
        raise ValueError(f"RSA of {key.key_size} bits is not taken")
    if key.public_bytes(Encoding.DER, PublicFormat.PKCS1) != pkcs1:
        raise ValueError("not the one way to write it")
    return key


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size) + content


def _number(jwk: Mapping[str, Any], name: str) -> int:
    data = base64url.decoded(jwk.get(name))
    if len(data) > _RSA_BITS.stop // 8:
        raise Unreadable("key", "a key longer than we read")
    return int.from_bytes(data)


def _written(number: int, length: int | None = None) -> str:
    return base64url.encoded(number.to_bytes(length or (number.bit_length() + 7) // 8))
