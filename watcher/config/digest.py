"""The weekly digest: when it goes out, to whom, and about what."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import Text

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHEN = re.compile(rf"({'|'.join(_DAYS)}) ([01][0-9]|2[0-3]):([0-5][0-9])")
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


def _when(text: str) -> str:
    if not _WHEN.fullmatch(text):
        raise ValueError("must be a day and a time in UTC, such as mon 07:00")
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is no address of mail, such as shop@acme.example")
    return text


class Reader(Section):
    """Who reads it: a team about its own streams, or management (`team: null`) about all."""

    team: Text | None = None
    mail: Annotated[
        tuple[Annotated[Text, AfterValidator(_address)], ...], Field(max_length=50)
    ] = ()
    webhook: Secret | None = None


class Digest(Section):
    """The weekly digest; without readers none goes out."""

    when: Annotated[Text, AfterValidator(_when)] = "mon 07:00"
    readers: tuple[Reader, ...] = ()

    def last_due(self, now: datetime) -> datetime:
        """When the last one was due, at or before a time in UTC."""
        day, _, time = self.when.partition(" ")
        hour, _, minute = time.partition(":")
        at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        at -= timedelta(days=(at.weekday() - _DAYS.index(day)) % 7)
        return at if at <= now else at - timedelta(days=7)
