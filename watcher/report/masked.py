"""Texts without the secrets that they might hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MASK: Final = "***"


@dataclass(slots=True)
class Masked:
    """What no line may hold; changes when a configuration is read anew."""

    secrets: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """A text without them; the longest first, for one may be part of another."""
        for one in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(one, MASK)
        return text
