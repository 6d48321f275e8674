"""Streams: resolve what tags point to, and view tags as bindings of streams to images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.domain.errors import AttemptError, PermanentError
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import (
    Binding,
    PlatformImage,
    Stream,
    StreamRule,
    bindings,
    rule_for,
    streams_of,
    within,
)
from watcher.ports.registry import ImageConfig, Manifest, Registry
from watcher.ports.store.attestations import Attestations, Attested
from watcher.ports.store.inventory import Inventory, RepositoryHistory
from watcher.ports.store.passes import PassRecord
from watcher.services.attesting import provenances
from watcher.services.outcome import Outcome

_View = tuple[RepositoryHistory, StreamRule, list[Stream]]

_BATCH = 200  # repositories whose histories are in memory at once


@dataclass(frozen=True, slots=True)
class StreamStage:
    """The second half of the inventory: from tags to bindings."""

    registries: Mapping[str, Registry]
    rules: Sequence[StreamRule]
    is_base: Callable[[Repository], bool]
    store: Inventory
    attestations: Attestations
    executor: Executor

    def take(
        self,
        this: PassRecord,
        changed: Collection[int],
        *,
        rules_changed: bool,
        within: Collection[int] | None = None,
    ) -> Outcome:
        """View the changed repositories anew, and those with digests still to be resolved.

        Where repositories are named, only those of them are; the others stay as they are.
        """
        outcome = Outcome("inventory")
        if rules_changed:
            numbers = self.store.all_numbers()
        else:
            numbers = set(changed) | self.store.unresolved()
        if within is not None:
            numbers &= set(within)
        ordered = sorted(numbers)
        for start in range(0, len(ordered), _BATCH):
            histories = self.store.histories(ordered[start : start + _BATCH])
            self._view(this, histories, outcome)
        return outcome

    def _view(
        self, this: PassRecord, histories: Sequence[RepositoryHistory], outcome: Outcome
    ) -> None:
        viewed = self._viewed_all(this, histories, outcome)
        digests = {
            pointing.digest for _, _, streams in viewed for s in streams for pointing in s.pointings
        }
        resolved = self.store.resolved(digests)
        self._resolve(this, _wanted(viewed, resolved), outcome)
        resolved = self.store.resolved(digests)
        bound = {
            one.number: [(s, _scoped(bindings(s, resolved, rule.platforms), one)) for s in streams]
            for one, rule, streams in viewed
        }
        self.store.revise_streams(this, bound)

    def _viewed_all(
        self, this: PassRecord, histories: Sequence[RepositoryHistory], outcome: Outcome
    ) -> list[_View]:
        """Repositories with their streams; images that decide which tag counts are resolved."""
        viewed = [self._viewed(one, {}) for one in histories]
        undecided = {
            digest: one.repository
            for one, _, streams in viewed
            if _is_watched(one)
            for stream in streams
            for digest in stream.undecided
        }
        if not undecided:
            return viewed
        resolved = self.store.resolved(undecided)
        missing = {one: home for one, home in undecided.items() if one not in resolved}
        self._resolve(this, missing, outcome)
        resolved = self.store.resolved(undecided)
        created = {digest: _made(images) for digest, images in resolved.items()}
        again = (self._viewed(one, created) for one in histories)
        return [(one, rule, list(map(_decided, streams))) for one, rule, streams in again]

    def _viewed(self, one: RepositoryHistory, created: Mapping[str, datetime | None]) -> _View:
        """A repository's streams; of a base every tag is one, for images are built on tags."""
        rule = rule_for(one.repository, self.rules)
        if not self.is_base(one.repository):
            return one, rule, streams_of(one.tags, rule, created)
        rule = rule if rule.by else replace(rule, by="tag")
        return one, rule, [replace(s, published=False) for s in streams_of(one.tags, rule)]

    def _resolve(
        self, this: PassRecord, wanted: Mapping[str, Repository], outcome: Outcome
    ) -> None:
        fetched: dict[Future[_Fetched], str] = {
            self.executor.submit(
                _fetch, self.registries[repository.registry], repository, digest
            ): digest
            for digest, repository in sorted(wanted.items())
            if repository.registry in self.registries
        }
        for fetching in as_completed(fetched):
            digest = fetched[fetching]
            try:
                found = fetching.result()
            except AttemptError as error:
                outcome.failed(f"{wanted[digest]}@{digest}", error)
                continue
            self.store.add_manifest(this, found.manifest, found.images)
            self.attestations.add(this, wanted[digest], found.attested)
            if found.unread is not None:
                outcome.failed(f"{wanted[digest]}@{digest}", found.unread)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What a digest stands for, and what its index attests; `unread` where that failed."""

    manifest: Manifest
    images: list[ImageConfig]
    attested: Sequence[Attested] = ()
    unread: AttemptError | None = None


def _fetch(registry: Registry, repository: Repository, digest: str) -> _Fetched:
    manifest = registry.manifest(repository.path, digest)
    if not manifest.platforms:
        raise PermanentError(
            f"{repository}@{digest} is an index without a single image: nothing to watch"
        )
    images = [registry.image(repository.path, one.digest) for one in manifest.platforms]
    try:
        told = [
            one
            for image, beside in manifest.attestations.items()
            if any(image == config.digest for config in images)
            for one in registry.attestations(repository.path, image, beside, attached=False)
        ]
    except AttemptError as error:  # the images are there all the same
        return _Fetched(manifest, images, unread=error)
    return _Fetched(manifest, images, list(provenances(told)))


def _wanted(viewed: Iterable[_View], resolved: Collection[str]) -> dict[str, Repository]:
    """Digests that streams point to now and that nobody resolved yet, with their repository."""
    return {
        pointing.digest: one.repository
        for one, _, streams in viewed
        if _is_watched(one)
        for stream in streams
        for pointing in stream.pointings[-1:]
        if pointing.end is None and pointing.digest not in resolved
    }


def _is_watched(one: RepositoryHistory) -> bool:
    return bool(one.scopes) and one.scopes[-1].until is None


def _made(images: Mapping[Platform, PlatformImage]) -> datetime | None:
    """When an image was made: the last of its platforms."""
    return max((one.created for one in images.values() if one.created), default=None)


def _decided(stream: Stream) -> Stream:
    """A stream as it is, unless images that decide what it points to could not be resolved."""
    if not stream.undecided:
        return stream
    reason = (
        f"which tag is the newest is not known: {len(stream.undecided)} of its images could not be "
        "resolved yet"
    )
    return replace(stream, pointings=(), not_covered=reason)


def _scoped(bound: list[Binding], one: RepositoryHistory) -> list[Binding]:
    """Cut bindings to the times in which the configuration included the repository."""
    kept: list[Binding] = []
    for position, scope in enumerate(one.scopes):
        kept += within(bound, scope.since if position else None, scope.until)
    return sorted(kept, key=lambda binding: (str(binding.platform), binding.start.at))
