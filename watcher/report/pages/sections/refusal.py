"""Why a figure has no value, as its page says it."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.report.pages.sections.shape import Figure


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said in the value's place, and the reason behind it, which may be empty."""

    head: str
    rest: str

    @property
    def whole(self) -> str:
        """Both together."""
        return f"{self.head}: {self.rest}" if self.rest else self.head


def refusal(figure: Figure) -> Refusal | None:
    """Read why there is no value; None where there is one."""
    if figure["value"] is not None:
        return None
    head, _, rest = (figure["reason"] or "unknown: no reason was given").partition(": ")
    return Refusal(head, rest)
