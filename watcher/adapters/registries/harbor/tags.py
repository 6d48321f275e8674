"""Tags out of artifacts: which are images' names, and what each points to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from watcher.adapters.distribution.document import shown
from watcher.adapters.registries.harbor.entries import ArtifactEntry
from watcher.domain.reference import is_digest, is_referrer_tag, is_tag
from watcher.ports.registry import Known, Sighting

_STRANGE_TAG = "its name is no tag by the OCI Distribution specification; delete it"
_STRANGE_DIGEST = "its digest is no sha256 digest; push it again"


@dataclass(slots=True)
class Tags:
    """The tags of one repository by name; `doubtful` ones were listed in two places at once."""

    seen: dict[str, Sighting] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)

    def missing(self, known: Known) -> list[str]:
        """Those of `known` that were not listed, and the doubtful: each has to be looked at."""
        listed = self.seen.keys() | self.failed.keys()
        return sorted((known.keys() - listed) | self.doubtful)


def read_tags(artifacts: Iterable[ArtifactEntry], known: Known) -> Tags:
    """Read the tags of a repository's artifacts.

    What is no image (a chart, a bill of materials) has no sightings, unless its tag is in `known`:
    then an image was there, and that the tag moved is news.
    """
    tags = Tags()
    for artifact in artifacts:
        for tag in artifact.tags:
            if not is_tag(tag.name):
                tags.failed[shown(tag.name)] = _STRANGE_TAG
            elif is_referrer_tag(tag.name) or not (artifact.image or tag.name in known):
                continue
            elif not is_digest(artifact.digest):
                tags.failed[tag.name] = _STRANGE_DIGEST
            else:
                _see(tags, Sighting(tag.name, artifact.digest, tag.pushed_at))
    return tags


def _see(tags: Tags, sighting: Sighting) -> None:
    """Take in a sighting; of two, that moved there last, while the list was read, is right."""
    other = tags.seen.get(sighting.tag)
    if other is None or other.digest == sighting.digest:
        tags.seen[sighting.tag] = sighting
    elif None in {other.pushed_at, sighting.pushed_at} or other.pushed_at == sighting.pushed_at:
        tags.doubtful.add(sighting.tag)
    else:
        tags.seen[sighting.tag] = max(other, sighting, key=_moved)


def _moved(sighting: Sighting) -> float:
    return sighting.pushed_at.timestamp() if sighting.pushed_at else 0.0
