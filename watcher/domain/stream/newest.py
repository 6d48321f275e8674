"""By newest: of tags that are made once and never moved, the one that came last counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from watcher.domain.inventory import TagSpan, plausible_creation
from watcher.domain.stream.head import Member, heads
from watcher.domain.stream.model import Stream
from watcher.domain.version import Natural, natural

NAME: Final = "newest"
MOST: Final = 64  # images that are looked into to find out which of them was made last

# By digest: when its image was made, None where it does not say; a digest not resolved is missing.
Created = Mapping[str, datetime | None]
_Order = Callable[[TagSpan, Created], datetime]


def newest_stream(dated: Mapping[str, Sequence[TagSpan]], created: Created) -> Stream:
    """The one stream of a repository whose tags say when they were made, if anything.

    What was there at the first listing came before all else: in the order of its pushes where the
    registry tells them, of its names where they are dates or numbers, else of its images. Digests
    that are missing in `created` and would have to be known for that are `undecided`.
    """
    every = [span for spans in dated.values() for span in spans]
    old = [span for span in every if span.start.backfilled]
    order = _order_of(old)
    undecided = frozenset[str]()
    if order is _by_image:
        undecided = frozenset(span.digest for span in old if span.digest not in created)
    if len(undecided) > MOST:
        if len(old) == len(every):
            return Stream("newest", NAME, not_covered=_silent(len(undecided)))
        every, undecided = [span for span in every if not span.start.backfilled], frozenset()
    members = [Member(_rank(span, order, created), span) for span in every]
    return Stream("newest", NAME, tuple(heads(members)), undecided=undecided)


def _rank(span: TagSpan, order: _Order, created: Created) -> tuple[bool, datetime, Natural]:
    watched = not span.start.backfilled
    return watched, span.start.at if watched else order(span, created), natural(span.tag)


def _order_of(old: Sequence[TagSpan]) -> _Order:
    """What dates tags that were there at the first listing."""
    silent = {span.digest for span in old if span.created_counts}
    if not silent or len({span.digest for span in old}) == 1:
        return _by_push
    return _by_name if all(_is_numbered(span.tag) for span in old) else _by_image


def _by_push(span: TagSpan, _: Created) -> datetime:
    return span.start.at


def _by_name(span: TagSpan, _: Created) -> datetime:
    return span.observed_at  # the same for all of them: their names decide


def _by_image(span: TagSpan, created: Created) -> datetime:
    made = plausible_creation(created.get(span.digest), span.observed_at)
    return made or datetime.min.replace(tzinfo=span.observed_at.tzinfo)


def _is_numbered(tag: str) -> bool:
    """Whether tags such as this one are in the order of their names: dates and build numbers."""
    return re.fullmatch(r"v?\d+([-._]\d+)*", tag) is not None


def _silent(tags: int) -> str:
    return (
        f"nothing tells which of its {tags} tags is the newest: the registry gives no push times; "
        "it is known from the next push on, or add a rule under streams"
    )
