"""A provider that vouches for whoever a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.domain.errors import WatcherError
from watcher.ports.sign_in import Sent


@dataclass
class FakeSignIn:
    """Signs the port `SignIn`; with a `failure` it cannot be asked."""

    failure: WatcherError | None = None
    known: Mapping[str, object] = field(default_factory=lambda: {"sub": "ann"})

    def address(self, sent: Sent, back: str) -> str:
        """Where a person has to go who wants to sign in."""
        if self.failure is not None:
            raise self.failure
        return f"https://id.example/authorize?state={sent.state}&redirect_uri={back}"

    def claims(self, sent: Sent, code: str, back: str) -> Mapping[str, object]:
        """What the provider says of the one who came back with a code."""
        del sent, code, back
        if self.failure is not None:
            raise self.failure
        return self.known
