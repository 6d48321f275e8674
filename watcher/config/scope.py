"""What is watched and whose it is: rules for streams and owners, and renamed repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, PlainValidator, field_validator

from watcher.config.policy import factors_of
from watcher.config.section import Section
from watcher.config.values import (
    Name,
    PlatformText,
    RepositoryText,
    StreamPattern,
    TagPattern,
    Text,
)
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.stream import By, Lines, StreamRule


def _scalar(given: object) -> object:
    if not isinstance(given, bool | int | float | str) or given != given:  # noqa: PLR0124 - NaN
        raise ValueError("must be text, a number, true or false")
    return given


Scalar = Annotated[bool | int | float | str, PlainValidator(_scalar)]


class TagSelection(Section):
    """Which tags count."""

    include: tuple[TagPattern, ...] = (Pattern("*"),)
    exclude: tuple[TagPattern, ...] = ()


class StreamSettings(Section):
    """How the tags of matching repositories become streams; without `by` their looks decide."""

    match: StreamPattern | None = None
    by: By | None = None
    lines: Lines = "major"
    flavours: tuple[Text, ...] = ()
    tags: TagSelection = TagSelection()
    platforms: tuple[PlatformText, ...] = ()

    def rule(self) -> StreamRule:
        """The rule as the domain applies it."""
        return StreamRule(
            match=self.match,
            by=self.by,
            lines=self.lines,
            flavours=frozenset(self.flavours),
            tags=Selection(self.tags.include, self.tags.exclude),
            platforms=frozenset(self.platforms),
        )


class Rename(Section):
    """A repository that moved, so that its successor inherits its clocks."""

    source: Annotated[RepositoryText, Field(alias="from")]
    target: Annotated[RepositoryText, Field(alias="to")]


class Owner(Section):
    """A team and the streams it owns; without `match` the default for what nobody else owns.

    Its tickets are filed in a tracker, in that one's project or another one, with what it wants.
    """

    match: StreamPattern | None = None
    team: Text
    tracker: Name | None = None
    project: Text | None = None
    labels: tuple[Text, ...] = ()
    assignees: tuple[Text, ...] = ()
    issue_type: Text | None = None
    attributes: Mapping[str, Scalar] = Field(default_factory=dict)

    @field_validator("attributes")
    @classmethod
    def _told_rightly(cls, attributes: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        factors_of(attributes)
        return attributes

    def owns(self, repository: str, stream: str) -> bool:
        """Whether the rule matches a repository, or its stream by its whole name."""
        pattern = self.match
        return pattern is not None and (pattern.matches(repository) or pattern.matches(stream))
