"""The configuration as a whole, and what the rest of watcher asks it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import PrivateAttr, model_validator

from watcher.config.digest import Digest
from watcher.config.engine import Database, Executor, Retention, Schedule, Tracing, Trivy
from watcher.config.filing import Feeds, Tickets
from watcher.config.moments import Span
from watcher.config.near import nearest
from watcher.config.policy import Policy, factors_of
from watcher.config.registries import AnyRegistry
from watcher.config.scope import Owner, Rename, StreamSettings
from watcher.config.section import Section
from watcher.config.trackers import AnyTracker, FolderTracker
from watcher.config.values import BasePattern, Folder
from watcher.config.web import Web
from watcher.domain.acceptance import Acceptance
from watcher.domain.errors import UsageError
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import Repository
from watcher.domain.stream import StreamRule
from watcher.ports.store.passes import Snapshot

_STREAM = re.compile(r"(?P<stream>(?P<repository>[^:#@]+)(?:[:#][^@]*)?)(?:@.*)?", re.DOTALL)


class Config(Section):
    """The configuration, checked as a whole. Relative paths start at the current directory."""

    database: Database = Database()
    state: Folder = Path("var")
    trivy: Trivy = Trivy()
    stale_after: Span = timedelta(hours=24)
    schedule: Schedule = Schedule()
    registries: tuple[AnyRegistry, ...] = ()
    streams: tuple[StreamSettings, ...] = ()
    renames: tuple[Rename, ...] = ()
    bases: tuple[BasePattern, ...] = ()
    owners: tuple[Owner, ...] = ()
    trackers: tuple[AnyTracker, ...] = ()
    tickets: Tickets = Tickets()
    policy: Policy = Policy()
    feeds: Feeds = Feeds()
    acceptances: Folder | None = Path("config/acceptances.yaml")
    executor: Executor = "threads"
    web: Web = Web()
    digest: Digest = Digest()
    retention: Retention = Retention()
    tracing: Tracing = Tracing()
    _accepted: tuple[Acceptance, ...] = PrivateAttr(default=())
    _advice: tuple[str, ...] = PrivateAttr(default=())

    @property
    def accepted(self) -> tuple[Acceptance, ...]:
        """What the file of acceptances holds."""
        return self._accepted

    def accepting(self, accepted: tuple[Acceptance, ...]) -> Self:
        """The same configuration with what its file of acceptances holds."""
        whole = self.model_copy()
        whole._accepted = accepted  # noqa: SLF001 - its own
        return whole

    @property
    def advice(self) -> tuple[str, ...]:
        """What is read now and will not be for ever: a line each."""
        return self._advice

    def advised(self, advice: tuple[str, ...]) -> Self:
        """The same configuration with what to say of how it is written."""
        whole = self.model_copy()
        whole._advice = advice  # noqa: SLF001 - its own
        return whole

    def some_registries(self) -> tuple[AnyRegistry, ...]:
        """The registries, for what cannot do without; raises UsageError where there is none."""
        if not self.registries:
            raise UsageError(
                "registries: none is configured, so there is nothing to watch: "
                "add one, such as {name: local, kind: oci, url: http://127.0.0.1:5000}"
            )
        return self.registries

    def stream_rules(self) -> tuple[StreamRule, ...]:
        """The rules for streams, in order; the first that matches a repository applies."""
        return tuple(settings.rule() for settings in self.streams)

    def renamed(self) -> frozenset[tuple[Repository, Repository]]:
        """The repositories that moved: the old name and the new one."""
        return frozenset((one.source, one.target) for one in self.renames)

    def selection(self, registry: str) -> Selection:
        """The paths watched in a registry: what it includes, and bases whatever it includes.

        An exclude leaves bases out too. Raises KeyError for a registry that is not configured.
        """
        settings = {one.name: one for one in self.registries}[registry]
        bases = (base.text.partition("/") for base in self.bases)
        paths = tuple(Pattern(path) for name, _, path in bases if name == registry)
        return Selection(settings.include + paths, settings.exclude)

    def includes(self, repository: Repository) -> bool:
        """Whether a repository is listed: its registry is configured and selects its path."""
        configured = any(one.name == repository.registry for one in self.registries)
        return configured and self.selection(repository.registry).holds(repository.path)

    def is_base(self, repository: Repository) -> bool:
        """Whether a repository is listed as a base, which has no exposure streams of its own."""
        return any(base.matches(str(repository)) for base in self.bases)

    def owner_of(self, stream_name: str) -> str | None:
        """The team of a stream such as `local/shop/api#2-slim`, by the first rule that matches.

        A rule may match the repository or the whole name; a platform (`@linux/amd64`) is ignored.
        The last rule without match is the default; None where there is none either.
        """
        owner = self._owner(stream_name)
        return owner.team if owner else None

    def controls(self, stream_name: str) -> bool:
        """Whether a rule names a stream as some team's: the default owner rebuilds no base."""
        found = _STREAM.fullmatch(stream_name)
        return found is not None and any(
            owner.owns(found["repository"], found["stream"]) for owner in self.owners
        )

    def factors_of(self, stream_name: str) -> Mapping[str, str]:
        """What the attributes of a stream's owner tell policies: `internet_reachable: yes`."""
        owner = self._owner(stream_name)
        return factors_of(owner.attributes) if owner else {}

    def _owner(self, stream_name: str) -> Owner | None:
        found = _STREAM.fullmatch(stream_name)
        if found is None:
            return None
        names = found["repository"], found["stream"]
        matching = (owner for owner in self.owners if owner.owns(*names))
        default = (owner for owner in reversed(self.owners) if owner.match is None)
        return next(matching, None) or next(default, None)

    def snapshot(self) -> Snapshot:
        """The configuration as canonical JSON in which secrets are masked, and its sha256.

        What is accepted is part of it, so that a report of any time shows what was then.
        """
        told = self.model_dump(mode="json", by_alias=True)
        if self._accepted:
            told["accepted"] = [_written(one) for one in self._accepted]
        body = json.dumps(
            told,
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )
        return Snapshot(hashlib.sha256(body.encode()).hexdigest(), body)

    def _unreachable(self) -> Iterator[str]:
        """Readers of the digest who would get none."""
        teams = {one.team for one in self.owners}
        for number, one in enumerate(self.digest.readers):
            place = f"digest.readers[{number}]"
            if one.team is not None and one.team not in teams:
                yield f"{place}.team: {_absent('team', one.team, sorted(teams))}"
            if one.mail and self.web.smtp is None:
                yield f"{place}.mail: no mail can be sent: configure web.smtp"
            if not one.mail and one.webhook is None:
                yield f"{place}: nothing is sent to: give mail, or a webhook"

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        registries = [registry.name for registry in self.registries]
        trackers = [tracker.name for tracker in self.trackers]
        problems = [*_twice("registries", registries), *_twice("trackers", trackers)]
        problems += [
            f"bases[{number}]: {_absent('registry', base.text.partition('/')[0], registries)}"
            for number, base in enumerate(self.bases)
            if base.text.partition("/")[0] not in registries
        ]
        problems += [
            f"owners[{number}].tracker: {_absent('tracker', owner.tracker, trackers)}"
            for number, owner in enumerate(self.owners)
            if owner.tracker is not None and owner.tracker not in trackers
        ]
        problems += [
            f"owners[{number}].{wrong}"
            for number, owner in enumerate(self.owners)
            if (wrong := _misplaced(owner, self.trackers)) is not None
        ]
        problems += self._unreachable()
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _written(one: Acceptance) -> dict[str, object]:
    return {
        "vulnerability": one.vulnerability,
        "match": one.match.text if one.match else None,
        "reason": one.reason,
        "author": one.author,
        "expires": one.expires.isoformat(),
    }


def _misplaced(owner: Owner, trackers: Iterable[AnyTracker]) -> str | None:
    """What is wrong with where and how an owner has its tickets filed."""
    wishes = [
        one for one in ("project", "labels", "assignees", "issue_type") if getattr(owner, one)
    ]
    tracker = next((one for one in trackers if one.name == owner.tracker), None)
    if owner.tracker is None:
        return f"{wishes[0]}: the owner has no tracker: name one" if wishes else None
    if isinstance(tracker, FolderTracker):
        nowhere = [one for one in wishes if one != "labels"]
        return f"{nowhere[0]}: {tracker.name} is a folder and knows none" if nowhere else None
    try:
        if tracker is not None:
            tracker.at(owner.project)
    except ValueError as error:
        return f"project: {error}"
    return None


def _twice(key: str, names: Iterable[str]) -> list[str]:
    counted = Counter(names)
    return [
        f"{key}: the name {name} is given {count} times: give each its own"
        for name, count in counted.items()
        if count > 1
    ]


def _absent(what: str, name: str, known: list[str]) -> str:
    return f"there is no {what} named {name}{nearest(name, known)}"
