"""A world in which any single thing may fail, and images may have two platforms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import fake_package
from tests.timelines.world import World, moment
from watcher.demo.workshop import Image, Index, layer
from watcher.domain.errors import TransientError
from watcher.ports.registry import Manifest

CONTEXT = "debian 12"

Step = dict[str, Any]


class StormyRegistry(FakeRegistry):
    """A registry of which single manifests may be out of reach."""

    unresolvable: frozenset[str] = frozenset()

    def selecting(self, include: tuple[str, ...], exclude: tuple[str, ...] = ()) -> StormyRegistry:
        other = StormyRegistry(self.name, include, exclude)
        other._tags, other._contents = self._tags, self._contents
        other._failures, other.unresolvable = self._failures, self.unresolvable
        other.hasty = self.hasty
        return other

    def manifest(self, repository: str, digest: str) -> Manifest:
        if digest in self.unresolvable:
            raise TransientError(f"{digest} is out of reach")
        return super().manifest(repository, digest)


class StormyWorld(World):
    """Plays steps of `timelines.yaml`, with further failures.

    Images may have `arm` packages beside the others: they are indexes of two platforms then, or of
    arm64 alone where `packages` is None. A step may name images `uncatalogued` or `unresolved`,
    tags `broken`, repositories `unlisted` or `lost` (the registry says it has no such thing), and
    `match: failed`.
    """

    def __post_init__(self) -> None:
        self.registry = StormyRegistry("local")
        self._parts: dict[str, list[str]] = {}
        for name, told in self.history["images"].items():
            created = None if told.get("created") is None else moment(told["created"])
            parts = [
                self._part(name, platform, told[key], created)
                for platform, key in (("linux/amd64", "packages"), ("linux/arm64", "arm"))
                if told.get(key) is not None
            ]
            self._parts[name] = [part.digest for part in parts]
            whole = parts[0] if told.get("arm") is None else Index(parts)
            self.images[name] = whole  # type: ignore[assignment]

    def _part(
        self, name: str, platform: str, packages: list[str], created: datetime | None
    ) -> Image:
        image = Image([layer({"name": name})], platform, created)
        self.scanner.put_image(image.digest, [fake_package(one) for one in packages])
        return image

    def _show_tags(self, happened: Step) -> None:
        unresolved = happened.get("unresolved", ())
        names = frozenset(self.images[name].digest for name in unresolved)
        self.registry.unresolvable = names  # type: ignore[attr-defined]
        super()._show_tags({**happened, "tags": happened["truth"]})
        if happened.get("tags") == "failed":
            self.registry.fail(TransientError("the registry is down"))
        for repository in happened.get("unlisted", ()):
            self.registry.fail(TransientError("the listing was cut"), repository)
        for tag in happened.get("broken", ()):
            self.registry.fail(TransientError("no digest"), self._repository(tag), tag)

    def _learn(self, happened: Step, at: datetime) -> None:
        super()._learn(happened, at)
        if happened.get("match") == "failed":
            self.scanner.failures[CONTEXT] = TransientError("the scanner fell over")
        for name in happened.get("uncatalogued", ()):
            for digest in self._parts[name]:
                self.scanner.failures[digest] = TransientError(f"{name} is too big")
