"""Signing in: a provider of identities to whom people are sent, and who vouches for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person was sent to the provider with: it comes back, or proves who sent it."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class SignIn(Protocol):
    """A provider. `back` is the address at which it sends people back to us.

    Methods raise TransientError where the provider cannot be asked now, PermanentError where it is
    none, or not as it is configured here.
    """

    def address(self, sent: Sent, back: str) -> str:
        """Where a person has to go who wants to sign in."""

    def claims(self, sent: Sent, code: str, back: str) -> Mapping[str, object]:
        """What the provider says of the one who came back with a code, `sub` at least.

        Raises UnauthorizedError where the code, or what it is exchanged for, proves nobody.
        """
