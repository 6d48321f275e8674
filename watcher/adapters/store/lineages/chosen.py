"""Which lineage an image follows, where several ever pointed to its base."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.domain.lineage import Claim
from watcher.ports.store.lineages import BaseHead


def chosen(claim: Claim | None, base: int, heads: Sequence[BaseHead]) -> BaseHead | None:
    """The lineage that the image itself names, else one that moved on; the shortest tag of those.

    One that is watched as a base comes before a stream of what is published. A tag such as `3.12.1`
    that never moves would hide every newer base.
    """
    watched = [one for one in heads if not one.published] or heads
    named = [one for one in watched if claim is not None and _names(claim.name, one)]
    moved = [one for one in watched if one.image != base]
    return min(
        named or moved or watched,
        key=lambda one: (len(one.tag), one.name, one.stream),
        default=None,
    )


def _names(told: str | None, head: BaseHead) -> bool:
    return told is not None and told.endswith(f"/{head.repository.path}:{head.tag}")
