"""RSA signatures of tokens (RS256), good for a server on loopback and for nothing else.

Key and signature follow RFC 8017; the standard library has neither.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from math import gcd
from typing import Self

from watcher.demo.workshop.blobs import Json

_EXPONENT = 65537
_ROUNDS = 20
_SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % m for m in range(3, int(n**0.5) + 1, 2))]
# DER of "a SHA-256 digest follows", RFC 8017 section 9.2.
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key made for one run."""

    modulus: int
    private: int = field(repr=False)

    @classmethod
    def generate(cls, bits: int = 2048) -> Self:
        """Make a fresh key; 2048 bits take about half a second, below 1024 Go refuses it."""
        while True:
            one, other = _prime(bits // 2), _prime(bits // 2)
            order = (one - 1) * (other - 1)
            if one != other and gcd(order, _EXPONENT) == 1:
                return cls(one * other, pow(_EXPONENT, -1, order))

    def sign(self, message: bytes) -> bytes:
        """Return the RSASSA-PKCS1-v1_5 signature over SHA-256 of the message."""
        size = self._size()
        digest = _SHA256_PREFIX + hashlib.sha256(message).digest()
        padded = b"\0\1".ljust(size - len(digest) - 1, b"\xff") + b"\0" + digest
        return pow(int.from_bytes(padded), self.private, self.modulus).to_bytes(size)

    def public(self, key_id: str) -> dict[str, Json]:
        """Return the public half as a JSON Web Key, RFC 7517."""
        return {
            "kty": "RSA",
            "kid": key_id,
            "alg": "RS256",
            "use": "sig",
            "n": base64url(self.modulus.to_bytes(self._size())),
            "e": base64url(_EXPONENT.to_bytes(3)),
        }

    def _size(self) -> int:
        return self.modulus.bit_length() // 8


def base64url(content: bytes) -> str:
    """Encode without padding, as JSON Web Signatures do."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _prime(bits: int) -> int:
    # The two highest bits set: the product of two such primes has exactly twice the bits.
    highest = 3 << (bits - 2)
    while True:
        candidate = highest | secrets.randbits(bits - 2) | 1
        if all(candidate % prime for prime in _SMALL_PRIMES) and _probably_prime(candidate):
            return candidate


def _probably_prime(candidate: int) -> bool:
    """Apply Miller and Rabin's test."""
    odd, halvings = candidate - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    for _ in range(_ROUNDS):
        value = pow(secrets.randbelow(candidate - 3) + 2, odd, candidate)
        if value in {1, candidate - 1}:
            continue
        for _ in range(halvings - 1):
            value = value * value % candidate
            if value == candidate - 1:
                break
        else:
            return False
    return True
