"""What a process does among others."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a process does."""

    SCHEDULER = "scheduler"
    WORKER = "worker"
    WEB = "web"
