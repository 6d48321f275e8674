"""The tags of one repository: what is new, what moved, and, in a full listing, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.resolving import resolve_all
from watcher.adapters.registries.docker_hub.api import HubApi
from watcher.adapters.registries.docker_hub.catalogue import newest_push
from watcher.adapters.registries.docker_hub.entries import TagEntry
from watcher.adapters.registries.docker_hub.pulls import HubPulls
from watcher.adapters.registries.docker_hub.walk import list_all, list_news
from watcher.domain.errors import TransientError
from watcher.domain.reference import is_digest, is_referrer_tag, is_tag
from watcher.ports.registry import Known, Listing, Sighting

# How much older than the newest known push a tag has to be before those after it are believed to be
# old: pushes of one moment come to light in any order.
_MARGIN: Final = timedelta(minutes=5)
_STRANGE: Final = "its name is no tag by the OCI Distribution specification; delete it"


@dataclass(frozen=True, slots=True)
class Tags:
    """Lists tags by the API; those without a digest there are asked for one by one, by HEAD."""

    api: HubApi
    pulls: HubPulls
    concurrency: int

    def all(self, path: str, known: Known) -> Listing:
        """List every tag; raises NotFoundError where Hub shows no such repository."""
        entries = list_all(lambda: self.api.tags(path), f"the tags of {path}")
        sightings, failed = self._resolved(path, entries, known)
        strange = {shown(one.name): _STRANGE for one in entries if not is_tag(one.name)}
        return Listing(sightings, complete=True, failed={**failed, **strange})

    def news(self, path: str, known: Known) -> Listing:
        """List at least what moved since the newest push that is known.

        A tag that could not be resolved fails all: beside newer ones it would be passed over next
        time.
        """
        newest = newest_push(known)
        if newest is None:
            return self.all(path, known)
        since = newest - _MARGIN
        what = f"the tags of {path}"
        entries, complete = list_news(lambda: self.api.tags(path), since, known.keys(), what)
        sightings, failed = self._resolved(path, entries, known)
        for tag, reason in failed.items():
            raise TransientError(f"{path}:{tag}: {reason}")
        strange = {shown(one.name): _STRANGE for one in entries if not is_tag(one.name)}
        return Listing(sightings, complete, strange)

    def _resolved(
        self, path: str, entries: Sequence[TagEntry], known: Known
    ) -> tuple[tuple[Sighting, ...], Mapping[str, str]]:
        images = [one for one in entries if is_tag(one.name) and not is_referrer_tag(one.name)]
        told = {one.name: _told(one, known) for one in images}

        def look(name: str) -> str:
            last = known.get(name)
            return self.pulls.head(path, name, last.digest if last else None)

        silent = [name for name, digest in told.items() if digest is None]
        resolved = resolve_all(silent, look, self.concurrency)
        if resolved.gone:
            self.pulls.client.confirm_absence()
        digests = {**told, **resolved.digests}
        sightings = tuple(
            Sighting(one.name, digest, one.pushed_at)
            for one in images
            if (digest := digests[one.name]) is not None
        )
        return sightings, resolved.failed


def newest_sighting(listing: Listing) -> datetime | None:
    """The newest push of a listing."""
    return max((one.pushed_at for one in listing.sightings if one.pushed_at), default=None)


def _told(entry: TagEntry, known: Known) -> str | None:
    """A tag's digest by the API, or by what is known of it while it was not pushed again."""
    last = known.get(entry.name)
    unmoved = last is not None and entry.pushed_at is not None and last.pushed_at == entry.pushed_at
    if entry.digest is None and last is not None and unmoved and is_digest(last.digest):
        return last.digest
    return entry.digest
