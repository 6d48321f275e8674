"""A fleet for measuring the record: images on shared bases, a scanner that knows all by name."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from sqlalchemy import Engine

from tests.contract.store.fleet import Inline
from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.progress import Silent
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner, Known
from watcher.bootstrap import Parts, pass_runner
from watcher.demo.workshop import Image, built_on, layer
from watcher.domain.package import Catalogue, Finding, Occurrence, Package
from watcher.domain.pattern import Selection
from watcher.domain.reference import ArtifactReference
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles
from watcher.ports.store.passes import Snapshot
from watcher.services.knowledge import Sources
from watcher.services.pass_ import STAGES, PassReport, Stage

MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)
SYSTEMS = ("debian 11", "debian 12", "ubuntu 22.04", "alpine 3.19", "wolfi")
BASES = 40
OF_BASE, OF_APP = 170, 30  # packages that an image has of its base, and in its own layer
VERSIONS = 10  # of each library
EVERY_LIBRARY = 1.82  # distinct library packages for each image: 25,000 in all at 10,000 images
FLAWED_OF_BASE, FLAWED_LIBRARY = 5, 2  # one name in so many has a flaw
NEWS = 200  # a later database finds one flaw in so many anew, and another one no more


def day(number: float) -> datetime:
    """A time, as days from an arbitrary midnight."""
    return MIDNIGHT + timedelta(days=number)


class NamedScanner(FakeScanner):
    """The fake scanner with its knowledge sorted by package, so that a fleet takes no hours."""

    def __init__(self) -> None:
        super().__init__()
        self._by_name: dict[str, dict[str, list[Known]]] = {}

    def learn(
        self, knowledge: KnowledgeFiles, known: Iterable[Known], version: str | None = None
    ) -> None:
        """Let a database say exactly this."""
        every = list(known)
        super().learn(knowledge, every, version)
        by_name: dict[str, list[Known]] = defaultdict(list)
        for one in every:
            by_name[one.package].append(one)
        self._by_name[str(knowledge.db)] = by_name

    def _found(self, packages: Sequence[Package], knowledge: KnowledgeFiles) -> list[Finding]:
        known = self._by_name[str(knowledge.db)]
        return [one.finding(package) for package in packages for one in known.get(package.name, ())]


@dataclass(slots=True)
class ScaleFleet:
    """So many images on forty bases; `shared` False gives every image layers of its own alone."""

    images: int
    shared: bool = True
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    scanner: NamedScanner = field(default_factory=NamedScanner)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    bases: list[Image] = field(default_factory=list)
    pushed: int = 0

    def __post_init__(self) -> None:
        """Push everything, and offer a first database."""
        self.bases += [self._push_base(number) for number in range(BASES)]
        for _ in range(self.images):
            self.push_new()
        self.learn(0, 0)

    @property
    def libraries(self) -> int:
        """How many distinct library packages there are."""
        return round(self.images * EVERY_LIBRARY)

    def push_new(self) -> None:
        """Push one more image, on the next base, to a repository of its own."""
        number, self.pushed = self.pushed, self.pushed + 1
        base, own = self.bases[number % BASES], layer({"/app": str(number)})
        image = built_on(base, [own], created=day(-(number % 90)))
        if not self.shared:
            image = Image([own], created=image.created)
        system = packages_of_base(number % BASES, image.layers[0].diff_id)
        libraries = _libraries(number, self.libraries, own.diff_id)
        self.scanner.put_image(image.digest, [*system, *libraries])
        self.registry.push(f"team{number % 40}/service{number}", "latest", image)

    def learn(self, version: int, news: int) -> None:
        """Offer a database; with each of the news a few flaws are new and a few others gone."""
        offered = f"sha256:{sha256(str(version).encode()).hexdigest()}"
        self.artifacts.offered = offered
        self.library.updated[offered] = day(version)
        known = [one for place, one in enumerate(self._flaws()) if _told(place, news)]
        self.scanner.learn(self.library.folder(offered), known)

    def catalogue(self, digest: str) -> Catalogue:
        """What the scanner lists of an image, and finds in it, under the database on offer."""
        access = PullAccess(f"registry.invalid/any@{digest}", plain_http=False)
        return self.scanner.catalog(access, self.library.folder(self.artifacts.offered or ""))

    def sync(self, engine: Engine, at: float, stages: Sequence[Stage] = STAGES) -> PassReport:
        """Make a pass."""
        runner = pass_runner(self.parts(engine))
        return runner.make(day(at), day(at), stages, Snapshot("0" * 64, "{}"))

    def parts(self, engine: Engine) -> Parts:
        """What a pass is made of."""
        bases = Selection.parse(("base/**",))
        return Parts(
            engine=engine,
            registries=[self.registry.selecting(("**",))],
            artifacts=self.artifacts,
            library=self.library,
            scanner=self.scanner,
            sources=Sources([ArtifactReference("db.invalid", "trivy-db", "2")], []),
            includes=lambda _: True,
            rules=[],
            is_base=lambda repository: bases.holds(repository.path),
            executor=Inline(),
            progress=Silent(),
        )

    def _push_base(self, number: int) -> Image:
        image = Image([layer({"/base": str(number)})], created=day(-90))
        self.scanner.put_image(image.digest, packages_of_base(number, image.layers[0].diff_id))
        self.registry.push(f"base/system{number}", "stable", image)
        return image

    def _flaws(self) -> Iterator[Known]:
        for system in range(len(SYSTEMS)):
            for number in range(0, OF_BASE, FLAWED_OF_BASE):
                yield _known(f"s{system}-pkg{number}", number)
        for number in range(0, self.libraries // VERSIONS, FLAWED_LIBRARY):
            yield _known(f"lib{number}", number)


def _told(place: int, news: int) -> bool:
    """Of every so many flaws one comes with each of the news, and another one goes."""
    turn, most = place % NEWS, 8
    return turn <= news if turn < most else turn >= 2 * most or turn - most >= news


def _known(package: str, number: int) -> Known:
    fixed = "" if number % 3 else "9.9"
    published = day(-100 - number % 300)
    return Known(package, f"CVE-2026-{package}", fixed, published=published, title="a flaw " * 8)


@cache
def packages_of_base(number: int, layer_id: str) -> tuple[Occurrence, ...]:
    """What a base holds, in its layer."""
    system, version = number % len(SYSTEMS), f"1.{number // len(SYSTEMS)}-1"
    return tuple(
        _occurrence(SYSTEMS[system], f"s{system}-pkg{one}", version, layer_id)
        for one in range(OF_BASE)
    )


def _libraries(number: int, distinct: int, layer_id: str) -> list[Occurrence]:
    chosen = random.Random(number).sample(range(max(distinct, OF_APP)), OF_APP)  # noqa: S311 - a fleet
    return [
        _occurrence("language", f"lib{one // VERSIONS}", f"{one % VERSIONS}.0", layer_id)
        for one in chosen
    ]


def _occurrence(context: str, name: str, version: str, layer_id: str) -> Occurrence:
    """A package where an image has it, with a path and a purl as long as real ones."""
    path = f"usr/lib/python3/site-packages/{name}-{version}.dist-info/METADATA"
    kind = "pypi" if context == "language" else "deb/debian"
    purl = f"pkg:{kind}/{name}@{version}"
    return Occurrence(_package(context, name, version), layer_id, path, purl)


@cache
def _package(context: str, name: str, version: str) -> Package:
    """A package as real catalogues have it: with a key, and with what drivers read."""
    key = sha256(f"{name}{version}".encode()).hexdigest()[:32]
    told: dict[str, object] = {"version": version, "src_name": name, "src_version": version}
    if context == "language":
        told = {"type": "python-pkg"}
    return Package(context, f"{name}@{version}#{key}", name, version, told)
