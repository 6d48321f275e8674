"""Calls: what the clock, a hook or a person asked for, kept until a pass has answered it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """Something asked for.

    `times` and `number` tell it from one that came while it was answered, or after.
    """

    key: str
    payload: Mapping[str, Any]
    times: int
    number: int = 0


class Calls(Protocol):
    """The record of calls. One key is one call, however often it is made."""

    def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Ask for something; asked again before it is answered, it is answered once."""

    def waiting(self, most: int) -> list[Call]:
        """Calls that are not answered, the first ones first."""

    def answered(self, calls: Sequence[Call]) -> None:
        """Take calls off that were answered; what was asked again meanwhile stays."""
