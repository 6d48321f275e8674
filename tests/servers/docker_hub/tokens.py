"""Who may do what on the stub, and the tokens that say so."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a password or access token; `scopes` as Hub names them, `*` for all.

    `hidden` repositories are those a member may not see.
    """

    username: str
    password: str
    scopes: Collection[str] = ("*",)
    hidden: Collection[str] = ()

    def may(self, scope: str) -> bool:
        """Whether the token allows something."""
        return "*" in self.scopes or scope in self.scopes


class Tokens:
    """Tokens given out, by what they are worth."""

    def __init__(self) -> None:
        self.given = 0
        self.lasting = 600
        self._accounts: dict[str, Account | None] = {}

    def give(self, account: Account | None) -> str:
        """Make a token, which looks like a JSON Web Token."""
        self.given += 1
        claims = {"iat": 1_700_000_000, "exp": 1_700_000_000 + self.lasting, "jti": self.given}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"eyJhbGciOiJub25lIn0.{payload}.signature"
        self._accounts[f"Bearer {token}"] = account
        return token

    def knows(self, header: str) -> bool:
        """Whether a header is a token that is still good."""
        return header in self._accounts

    def account(self, header: str) -> Account | None:
        """Whose token it is; None for everybody's."""
        return self._accounts[header]

    def revoke(self) -> None:
        """Let no token be good any more."""
        self._accounts.clear()
