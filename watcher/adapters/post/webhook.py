"""A chat's webhook, as Slack and those that follow it take messages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from watcher.adapters.http import Answer, Connecting, Http, Timeouts
from watcher.domain.errors import PermanentError, TransientError, WatcherError
from watcher.ports.post import Letter

_CONNECTING: Final = Connecting(timeouts=Timeouts(connect=5, read=15, total=30))
_LONGEST: Final = 30_000  # characters of a message
_SERVER: Final = 500


@dataclass(frozen=True, slots=True)
class Webhook:
    """Signs the port `Post`; whoever has the address may write, so that nobody is told it."""

    name: str
    address: str = field(repr=False)

    @property
    def to(self) -> str:
        """Whom it reaches."""
        return f"the webhook of {self.name}"

    def send(self, letter: Letter) -> None:
        """Hand a message over."""
        text = f"*{neutral(letter.subject)}*\n{neutral(letter.text)}"[:_LONGEST]
        http = Http(_CONNECTING, failing=self._failing)
        try:
            http.request(
                "POST",
                self.address,
                headers={"Content-Type": "application/json"},
                expect=range(200, 300),
                content=json.dumps({"text": text}).encode(),
            )
        except PermanentError:
            raise
        except TransientError:
            raise TransientError(
                f"{self.to}: it broke off while it was told, so nobody knows whether it was taken"
            ) from None
        finally:
            http.close()

    def _failing(self, answer: Answer) -> WatcherError:
        if answer.status >= _SERVER:
            return TransientError(f"{self.to}: answered {answer.status}")
        return PermanentError(f"{self.to}: refused with {answer.status}")


def neutral(text: str) -> str:
    """Text that mentions nobody and links nowhere: what Slack gives a meaning is written out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
