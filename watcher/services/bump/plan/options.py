"""What a lineage may be moved to: its own newest image, an older one by its digest, other tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from watcher.domain.move import moves, other_flavours
from watcher.domain.ticket.bump import Action
from watcher.ports.store.lineages import BaseHead, Built
from watcher.services.bump.plan.scene import Scene

_FLAVOURS: Final = 6  # other flavours that are looked at


@dataclass(frozen=True, slots=True)
class Option:
    """A move: by rebuilding, by a new pin, or to another tag; with its image for each platform.

    `kind` says what kind of move to another tag it is. One that is not `proposed` is only named.
    """

    action: Action
    heads: Mapping[str, BaseHead]
    kind: str = ""
    proposed: bool = True

    @property
    def same(self) -> bool:
        """Whether the tag stays the same."""
        return self.action != "version"

    def head(self, built: Built) -> BaseHead | None:
        """What a stream is moved to; None where that leads back, or its platform has nothing."""
        found = self.heads.get(built.head.platform)
        if found is None or (self.same and found.since < built.base_since):
            return None
        return found


def options(members: Sequence[Built], scene: Scene) -> list[Option]:
    """All moves of a lineage, that on the same tag first and then the least; at least that one."""
    heads = {one.head.platform: one.head for one in members}
    return [_same(heads, scene), *_others(heads, scene)]


def images(found: Sequence[Option]) -> set[int]:
    """The numbers of the images that moves lead to."""
    return {head.image for one in found for head in one.heads.values()}


def _same(heads: Mapping[str, BaseHead], scene: Scene) -> Option:
    """The same tag: what it points to, or the newest that has been out for long enough."""
    found = {platform: _aged(head, scene) for platform, head in heads.items()}
    aged = {platform: head for platform, head in found.items() if head is not None}
    pinned = any(heads[platform] != head for platform, head in aged.items())
    return Option("pin" if pinned else "rebuild", aged)


def _aged(head: BaseHead, scene: Scene) -> BaseHead | None:
    """A lineage as of the newest image that may be proposed; None where none may."""
    told = [
        replace(head, image=one.image, digest=one.digest, pointed=one.pointed, since=one.since)
        for one in head.earlier
    ]
    return next((one for one in (head, *told) if _may_be(one, scene)), None)


def _may_be(head: BaseHead, scene: Scene) -> bool:
    """Whether an image may be proposed: it has been out for long enough, and is not skipped."""
    skipped = scene.planning.skips(f"{head.name}@{head.named_digest}")
    return scene.at - head.since >= scene.planning.minimum_age and not skipped


def _others(heads: Mapping[str, BaseHead], scene: Scene) -> Iterator[Option]:
    """Other tags of the repository, as far as the policy allows, and those that it only names."""
    first = max(heads.values(), key=lambda one: (one.since, one.platform))
    if first.published or first.by != "tag":
        return
    tags = sorted(
        {
            tag
            for head in heads.values()
            for tag, one in scene.siblings(head).items()
            if _may_be(one, scene) and not scene.planning.skips(one.name)
        }
    )
    proposed = moves(first.tag, tags, majors=scene.planning.majors)
    for move in proposed:
        yield Option("version", _of(move.tag, heads, scene), move.kind)
    named = [one.tag for one in moves(first.tag, tags, majors=True) if one not in proposed]
    for tag in (*named, *other_flavours(first.tag, tags)[:_FLAVOURS]):
        yield Option("version", _of(tag, heads, scene), proposed=False)


def _of(tag: str, heads: Mapping[str, BaseHead], scene: Scene) -> dict[str, BaseHead]:
    return {
        platform: scene.siblings(head)[tag]
        for platform, head in heads.items()
        if tag in scene.siblings(head)
    }
