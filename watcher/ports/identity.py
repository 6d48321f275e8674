"""Identity: who vouches for a request that carries a signed token instead of a secret."""

from __future__ import annotations

from typing import Protocol


class Identity(Protocol):
    """One who knows the keys that tokens are signed with."""

    def account(self, token: str, audience: str) -> str:
        """The account that a token proves, for an audience that it was made out to.

        Raises UnauthorizedError for a token that proves nothing now, TransientError where the keys
        cannot be had.
        """
