"""The doctor document: each thing that watcher needs, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Document = dict[str, object]
State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: how it is, and in a line what was seen or what to do."""

    subject: str
    state: State
    message: str


def document(checks: Sequence[Check]) -> Document:
    """Write checks down in the order in which they were made."""
    return {
        "schema": "watcher/doctor/1",
        "healthy": all(one.state != "fail" for one in checks),
        "doctor": [
            {"check": one.subject, "state": one.state, "message": one.message} for one in checks
        ],
    }
