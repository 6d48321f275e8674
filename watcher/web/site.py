"""What every page is made with: the record as it is asked for, and what stands around a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fastapi import Response

from watcher.bootstrap import App
from watcher.reading.instants import parse_instant
from watcher.reading.memory import Keeping, Memory
from watcher.reading.reading import Asked, Reading
from watcher.reading.sight import Ownership, Sight
from watcher.report.times import stamp
from watcher.web import answers
from watcher.web.access.person import Person
from watcher.web.addresses import Addresses
from watcher.web.asked import given


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the process was last seen doing, and whether that is as it should be."""

    says: str
    well: bool = True


@dataclass(frozen=True)
class Site:
    """The record and the clock that pages are made with.

    `parts` tells what else runs in the process, and how that fares.
    """

    app: App
    now: Callable[[], datetime]
    parts: Callable[[], Mapping[str, Part]] = dict

    @cached_property
    def memory(self) -> Memory:
        """What is kept of the record between one page and the next."""
        return Memory()

    @cached_property
    def configuration(self) -> str:
        """The sha256 of the configuration, for what depends on it."""
        return self.app.config.snapshot().sha256

    @cached_property
    def ownership(self) -> Ownership:
        """Who owns what, by today's configuration."""
        return Ownership(self.app.browsing, self.app.config.owner_of)

    def whole(self, keeping: Keeping) -> Reading:
        """The whole record now, whoever asks."""
        return Reading.of(self.app, Asked(), self.now(), memory=keeping)

    def reading(self, who: Person, as_of: str | None, *, known_now: bool = False) -> Reading:
        """The record now, or as of a time, as far as somebody sees it; raises UsageError for none.

        With `known_now` for what is known now to have been so then.
        """
        asked = given(as_of)
        time = parse_instant("as_of", asked) if asked else None
        sight = Sight.of(who.grant, self.ownership)
        asked_for = Asked(time, known_now)
        return Reading.of(self.app, asked_for, self.now(), sight, self.memory)

    def addresses(self, as_of: str | None) -> Addresses:
        """Links that keep to the time asked for."""
        return Addresses(given(as_of))

    def show(
        self,
        who: Person,
        template: str,
        record: Reading,
        at: Addresses,
        told: Mapping[str, object],
    ) -> Response:
        """Draw a page about a reading of the record."""
        versions = self.app.browsing.versions(record.upto)
        around = {
            "who": who,
            "at": at,
            "as_of": stamp(record.as_of),
            "asked_as_of": at.as_of,
            "last_pass": stamp(record.last.at) if record.last else None,
            "in_force": versions[-1] if versions else None,
        }
        return answers.page(template, {**around, **told})
