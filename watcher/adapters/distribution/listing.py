"""Tags as the protocol lists them: which are an image's names, and what they point to."""

from __future__ import annotations

import re

from watcher.adapters.distribution.client import Distribution
from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.resolving import resolve_all
from watcher.domain.errors import NotFoundError
from watcher.domain.reference import is_digest, is_tag
from watcher.ports.registry import Known, Listing, Sighting

# Where a registry has no referrers API, tools leave signatures and the like under such tags:
# OCI Distribution 1.1 (referrers tag schema), and cosign with its suffixes.
_REFERRER = re.compile(r"sha256-[0-9a-f]{64}(?:\.(?:sig|att|sbom))?")

_STRANGE = "its name is no tag by the OCI Distribution specification; delete it"


def names_referrer(tag: str) -> bool:
    """Tell whether a tag is a signature's or another referrer's, and no image's name."""
    return _REFERRER.fullmatch(tag) is not None


def list_tags(client: Distribution, path: str, known: Known, concurrency: int) -> Listing:
    """List the tags of a repository and resolve each by HEAD, as the port describes."""
    try:
        names = client.tags(path)
    except NotFoundError:
        client.confirm_absence()
        raise
    named = [name for name in names if is_tag(name) and not names_referrer(name)]

    def look(name: str) -> str:
        last = known.get(name)
        return client.head(path, name, last.digest if last and is_digest(last.digest) else None)

    resolved = resolve_all(named, look, concurrency)
    if resolved.gone:
        client.confirm_absence()
    sightings = tuple(
        Sighting(name, resolved.digests[name]) for name in named if name in resolved.digests
    )
    strange = {shown(name): _STRANGE for name in names if not is_tag(name)}
    return Listing(sightings, complete=True, failed={**resolved.failed, **strange})
