"""Tokens for scripts: what stands on record of each, which is never the token itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watcher.domain.access import Grant


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token by its name; None where it never expires, was not revoked, or was never used.

    `used_at` is kept to the hour.
    """

    name: str
    grant: Grant
    made_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Tokens(Protocol):
    """The record of tokens, each found by the sha256 of its text."""

    def add(self, sha256: str, token: ApiToken) -> None:
        """Keep a new one; raises UsageError where a token that holds has the name already."""

    def found(self, sha256: str, now: datetime) -> ApiToken | None:
        """The token of this sha256, where it holds; that it was used is noted."""

    def listed(self) -> list[ApiToken]:
        """All that were ever made, by name, the oldest first."""

    def revoke(self, name: str, now: datetime) -> bool:
        """End a token; False where none of this name holds."""
