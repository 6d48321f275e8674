"""Tags as the protocol lists them: which are an image's names, and what they point to."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.paging import Names
from watcher.adapters.distribution.resolving import resolve_all
from watcher.domain.errors import NotFoundError
from watcher.domain.reference import is_digest, is_referrer_tag, is_tag
from watcher.ports.registry import Known, Listing, Sighting

STRANGE = "its name is no tag by the OCI Distribution specification; delete it"


def list_tags(client: Distribution, path: str, known: Known, concurrency: int) -> Listing:
    """List the tags of a repository and resolve each by HEAD, as the port describes.

    A known tag that the list does not name is asked for as well: only a 404 on it ends it, since
    lists are cut short without a word.
    """
    try:
        found = client.tags(path)
    except NotFoundError:
        client.confirm_absence()
        raise
    named = [name for name in found.names if is_tag(name) and not is_referrer_tag(name)]
    unnamed = sorted(known.keys() - set(found.names))

    def look(name: str) -> str:
        last = known.get(name)
        return client.head(path, name, last.digest if last and is_digest(last.digest) else None)

    resolved = resolve_all([*named, *unnamed], look, concurrency)
    if resolved.gone:
        client.confirm_absence()
    sightings = tuple(
        Sighting(name, resolved.digests[name])
        for name in (*named, *unnamed)
        if name in resolved.digests
    )
    strange = {shown(name): STRANGE for name in found.names if not is_tag(name)}
    return Listing(
        sightings,
        complete=True,
        failed={**resolved.failed, **strange},
        cut=_cut(found, [name for name in unnamed if name in resolved.digests]),
    )


def _cut(found: Names, unnamed: Sequence[str]) -> str | None:
    """Say why the list is known to be a part, or cannot be told from one."""
    advice = "tags that nobody knows of may be missing; let the registry lead on by Link"
    if unnamed:
        return (
            f"the list of its tags is cut short: it leaves out {len(unnamed)} that are there, such"
            f" as {unnamed[0]}; {advice}"
        )
    if found.doubtful:
        return (
            f"the list of its tags names {len(found.names)} and gives none after the last one: it"
            f" may be cut short, and {advice}"
        )
    return None
