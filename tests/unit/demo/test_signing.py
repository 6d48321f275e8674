"""Signatures of tokens, checked with the public half alone."""

from __future__ import annotations

import base64
import hashlib

import pytest

from watcher.demo.workshop.signing import SigningKey


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate(1024)


def number(encoded: object) -> int:
    text = str(encoded)
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_a_signature_opens_with_the_public_key(key: SigningKey) -> None:
    public = key.public("one")
    opened = pow(int.from_bytes(key.sign(b"claim")), number(public["e"]), number(public["n"]))
    block = opened.to_bytes(128)
    assert block.startswith(b"\0\1\xff\xff")
    assert block.endswith(hashlib.sha256(b"claim").digest())


def test_a_key_has_the_bits_asked_for_and_does_not_show_its_private_half(key: SigningKey) -> None:
    assert key.modulus.bit_length() == 1024
    assert str(key.private) not in repr(key)


def test_another_message_has_another_signature(key: SigningKey) -> None:
    assert key.sign(b"claim") != key.sign(b"Claim")
