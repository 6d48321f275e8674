"""What a pass has to say that is no failure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """What a stage noticed of a subject, and what follows from it, on one line."""

    stage: str
    subject: str
    text: str
