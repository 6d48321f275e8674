"""What a demo is made of: chapters, each the news of some days and the pass that sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.demo.workshop import Advisory, Image, Index, VulnerabilityDetail

Tag = tuple[str, str]  # repository and tag
Content = Image | Index


@dataclass(frozen=True, slots=True)
class News:
    """A database as it was published: its own time in days, and all that it says."""

    updated: float
    advisories: tuple[Advisory, ...]
    details: tuple[VulnerabilityDetail, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened before a pass, and when it was made; times are days from the beginning.

    `closed_by_hand` are keys of tickets that a person closed.
    """

    day: float
    title: str
    pushes: Mapping[Tag, Content] = field(default_factory=dict)
    deletes: tuple[Tag, ...] = ()
    news: News | None = None
    registry_down: bool = False
    closed_by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Chapters in their order, and who owns which repositories (pattern to team)."""

    chapters: tuple[Chapter, ...]
    owners: Mapping[str, str]
