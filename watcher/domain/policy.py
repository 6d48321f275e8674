"""Remediation policies as data: how many days each severity leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Policy:
    """Days from the start of an exposure to its due time, by severity; no entry means no limit."""

    name: str
    limits: Mapping[str, int]

    @property
    def days(self) -> list[int]:
        """The limits, shortest first."""
        return sorted(set(self.limits.values()))


DEFAULT = Policy("default", MappingProxyType({"CRITICAL": 7, "HIGH": 30, "MEDIUM": 90}))
