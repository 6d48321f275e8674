"""The tags of one image's name, as a listing of its repository shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.adapters.distribution.document import shown
from watcher.adapters.distribution.listing import STRANGE
from watcher.adapters.registries.artifact_registry.contents import Held
from watcher.domain.reference import is_referrer_tag, is_tag
from watcher.ports.registry import Known, Sighting


@dataclass(frozen=True, slots=True)
class Reading:
    """Tags that are certain, names that are no tags and why, and tags to be looked at one by one.

    `doubtful` are those that moved, or may have moved, from one page to another while the pages
    were read.
    """

    sightings: tuple[Sighting, ...]
    strange: Mapping[str, str]
    doubtful: tuple[str, ...]


def read_listing(held: Held, known: Known, *, at_once: bool) -> Reading:
    """Read one name's tags; `at_once` says that the whole listing was one page."""
    names = [tag for tag in sorted(held.tags) if not is_referrer_tag(tag)]
    doubtful = {tag for tag in names if len(held.tags[tag]) > 1}
    if not at_once:
        # A tag that moved from a later page to an earlier one is on neither, and not gone.
        doubtful |= known.keys() - held.tags.keys() - held.strangers
    good = [tag for tag in names if is_tag(tag)]
    return Reading(
        tuple(
            sighting(held, tag, digest)
            for tag in good
            if tag not in doubtful
            for digest in held.tags[tag]
        ),
        {shown(tag): STRANGE for tag in names if not is_tag(tag)},
        tuple(sorted(filter(is_tag, doubtful))),
    )


def sighting(held: Held, tag: str, digest: str) -> Sighting:
    """A tag at a digest, dated by the digest's upload.

    The API does not tell when a tag was moved, only when its digest came in. `docker push` does
    both at once, so that this is the time of the move; where a tag is set later, the upload is
    earlier than the move. It is believed only where it lies after the last listing, in which the
    tag was not there yet, so that it errs by the time between two listings at the most; a tag set
    back to an older digest is dated by the listing. In a past that nobody watched it is the
    nearest date there is: later than the image's creation, never later than the move.
    """
    return Sighting(tag, digest, held.tags.get(tag, {}).get(digest))
