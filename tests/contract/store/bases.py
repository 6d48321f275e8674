"""Images built on bases, as a record holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Engine, select

from tests.contract.store.fleet import day
from tests.contract.store.record import (
    AMD,
    begin,
    bound,
    catalogue,
    digest,
    match,
    occurrence,
    package,
    repository,
)
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.inventory import images
from watcher.domain.interval import Bound
from watcher.domain.lineage import KnownBase, Subject, chains
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import Binding, Stream
from watcher.ports.registry import ImageConfig, Manifest, ManifestPlatform
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.passes import PassRecord
from watcher.report.dues import DEFAULT_JUDGE
from watcher.services.bump import BumpStage, Planner, Planning


def address(one: Repository) -> str:
    """How references name a repository."""
    return f"registry.example/{one.path}"


PLANNING = Planning(lambda _: None, address, "HIGH", lambda: DEFAULT_JUDGE)

BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"


@dataclass(slots=True)
class Yard:
    """Images by name, streams that point to them, and passes that record it all."""

    engine: Engine
    layers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _packages: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _repositories: dict[str, int] = field(default_factory=dict)
    _streams: dict[str, dict[tuple[str, bool], list[Binding]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    @property
    def lineages(self) -> SqlLineages:
        return SqlLineages(self.engine)

    def begin(self, at: float) -> PassRecord:
        """Open a pass on a day."""
        return begin(self.engine, at)

    def make(
        self,
        this: PassRecord,
        name: str,
        own: Mapping[str, Sequence[str]],
        *,
        on: str | None = None,
        annotations: Mapping[str, str] | None = None,
        platform: Platform = AMD,
    ) -> str:
        """Record an image: its own layers with their packages, on those of another image."""
        below = self._packages[on] if on else {}
        self._packages[name] = {**below, **{layer: list(held) for layer, held in own.items()}}
        self.layers[name] = tuple(digest(layer) for layer in self._packages[name])
        config = ImageConfig(
            digest(name),
            platform,
            None,
            self.layers[name],
            (),
            0,
            {},
            dict(annotations or {}),
        )
        listed = (ManifestPlatform(platform, config.digest),)
        SqlInventory(self.engine).add_manifest(
            this, Manifest(digest(name), "m", listed, {}), [config]
        )
        return digest(name)

    def point(
        self, this: PassRecord, name: str, *bindings: Binding, published: bool = True
    ) -> None:
        """Let the stream of a tag, such as `base/python:3.12`, have had these bindings."""
        path, _, tag = name.partition(":")
        if path not in self._repositories:
            self._repositories[path] = repository(self.engine, this, path)
        self._streams[path][tag, published] = list(bindings)
        viewed = [
            (Stream("tag", tag, published=published), list(found))
            for (tag, published), found in self._streams[path].items()
        ]
        SqlInventory(self.engine).revise_streams(this, {self._repositories[path]: viewed})

    def move(
        self, this: PassRecord, name: str, image: str, at: float, *, published: bool = True
    ) -> None:
        """Let a stream that had bindings point to another image from a day on."""
        path, _, tag = name.partition(":")
        *before, last = self._streams[path][tag, published]
        ended = replace(last, end=Bound(day(at)), reason="moved")
        self.point(this, name, *before, ended, bound(image, at), published=published)

    def catalog(self, this: PassRecord, *left_out: str) -> None:
        """Catalogue every image that waits for it, but for some."""
        store, names = SqlCatalogues(self.engine), {digest(one): one for one in self._packages}
        for waiting in store.uncatalogued():
            name = names[waiting.digest]
            if name not in left_out:
                found = [
                    occurrence(package(*one.split("=")), digest(layer))
                    for layer, held in self._packages[name].items()
                    for one in held
                ]
                origin = CatalogueOrigin("0.74.0", digest("db"), None)
                store.add(this, waiting.image, origin, catalogue(found))

    def match(self, this: PassRecord, found: Mapping[str, Iterable[str]], **told: object) -> None:
        """Match all packages under the knowledge of the pass's day."""
        match(self.engine, this, (this.at - day(0)) / timedelta(days=1), found, **told)

    def identify(self, this: PassRecord, *, again: bool = True) -> None:
        """Find out the bases of heads, as the stage does."""
        planner = Planner(self.lineages, SqlBumps(self.engine), PLANNING)
        stage = BumpStage(self.lineages, SqlBumps(self.engine), planner)
        wanted = self.lineages.unidentified(again=again)
        self.lineages.identified(this, stage.identified(wanted))

    def known(self, *names: str) -> list[KnownBase]:
        """What is known of images by all their layers, on the first platform."""
        named = {chains(self.layers[name])[-1] for name in names}
        return self.lineages.bases(named, (), address).get("linux/amd64", [])

    def wanted(self, *, again: bool = False) -> list[Subject]:
        """The images whose base is looked for."""
        numbers = self.lineages.unidentified(again=again)
        return [one.subject for one in self.lineages.subjects(numbers, address)]

    def image(self, name: str) -> int:
        """The number of an image."""
        with self.engine.connect() as connection:
            statement = select(images.c.id).where(images.c.digest == digest(name))
            return int(connection.scalar(statement) or 0)

    def finish(self, this: PassRecord) -> None:
        """Bring a pass to its end."""
        SqlPasses(self.engine).finish(this, "complete", {})
