"""Post: letters to people, by mail or by a chat's webhook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told: a line, a text of plain words, and a page to go with it, empty for none."""

    subject: str
    text: str
    page: str = field(default="", repr=False)


class Post(Protocol):
    """A way to somebody."""

    @property
    def to(self) -> str:
        """Whom it reaches, fit for a log: addresses of mail, never a webhook's own address."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over.

        Raises PermanentError where it surely was not taken, TransientError where nobody knows
        whether it was.
        """
