"""Facts to put into a record, with as little said about each as a test needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Engine, func, select

from tests.contract.store.fleet import day
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables import metadata
from watcher.domain.interval import Bound
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Catalogue, Finding, Occurrence, Package
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding, EndReason, Stream
from watcher.ports.registry import ImageConfig, Manifest, ManifestPlatform
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.matches import Stamp
from watcher.ports.store.passes import PassRecord, Snapshot
from watcher.services.match import REMEMBERED, Asked, compare

AMD = Platform("linux", "amd64")
ARM = Platform("linux", "arm64")
PLAIN = Snapshot("0" * 64, "{}")


def digest(name: str) -> str:
    """A digest that stands for a name."""
    return f"sha256:{sha256(name.encode()).hexdigest()}"


def begin(engine: Engine, at: float, snapshot: Snapshot = PLAIN) -> PassRecord:
    """Open a pass on a day."""
    return SqlPasses(engine).begin(day(at), day(at), ["inventory"], snapshot)


def begun(engine: Engine, *days: float) -> Iterator[PassRecord]:
    """A pass on each of these days, opened when it is asked for: it ends the one before."""
    return (begin(engine, at) for at in days)


def package(name: str, version: str = "1", context: str = "debian 12") -> Package:
    """A package that is matched."""
    return Package(context, f"{name}@{version}", name, version, {"version": version})


def occurrence(one: Package, layer: str = "", path: str = "") -> Occurrence:
    """A package where an image has it."""
    return Occurrence(one, layer, path, f"pkg:deb/{one.name}@{one.version}")


def finding(one: Package, vulnerability: str, **told: object) -> Finding:
    """What a scanner says of a package; HIGH, affected and unpublished unless told otherwise."""
    values: dict[str, object] = {
        "severity": "HIGH",
        "severity_source": "nvd",
        "status": "affected",
        "fixed_version": "",
        **told,
    }
    return Finding(one.context, one.identity, vulnerability, **values)  # type: ignore[arg-type]


def catalogue(
    occurrences: Iterable[Occurrence | Package],
    findings: Iterable[Finding] = (),
    *,
    not_covered: str | None = None,
) -> Catalogue:
    """What an image consists of."""
    listed = tuple(one if isinstance(one, Occurrence) else occurrence(one) for one in occurrences)
    return Catalogue("debian", "12.5", False, listed, tuple(findings), not_covered)  # noqa: FBT003 - the end of life has no default


def image(name: str, platform: Platform = AMD, created: datetime | None = None) -> ImageConfig:
    """One platform's image, named by what its digest is made of."""
    return ImageConfig(
        digest=digest(name),
        platform=platform,
        created=created,
        diff_ids=(digest(f"{name} diff"),),
        layers=(digest(f"{name} layer"),),
        layer_bytes=7,
        labels={"a": "b"},
        annotations={},
    )


def manifest(name: str, images: Sequence[ImageConfig]) -> Manifest:
    """What a digest stands for."""
    platforms = tuple(ManifestPlatform(one.platform, one.digest) for one in images)
    return Manifest(digest(name), "application/vnd.oci.image.index.v1+json", platforms, {"c": "d"})


def bound(
    name: str,
    start: float,
    end: float | None = None,
    reason: EndReason = "moved",
    platform: Platform = AMD,
) -> Binding:
    """A binding to the image of a name, over days."""
    ended = None if end is None else Bound(day(end))
    why = None if end is None else reason
    return Binding(platform, digest(name), digest(name), Bound(day(start)), ended, why)


def repository(engine: Engine, this: PassRecord, path: str = "shop/api") -> int:
    """Include a repository; returns its number."""
    store = SqlInventory(engine)
    store.include(this, "local", [path])
    return store.known("local")[path].number


def bind(engine: Engine, this: PassRecord, number: int, *bindings: Binding) -> None:
    """Let the stream `latest` of a repository have these bindings, to images made for it."""
    store = SqlInventory(engine)
    for one in bindings:
        if one.image is not None and one.target not in store.resolved([one.target]):
            config = ImageConfig(one.image, one.platform or AMD, None, (), (), 0, {}, {})
            listed = (ManifestPlatform(config.platform, config.digest),)
            store.add_manifest(this, Manifest(one.target, "m", listed, {}), [config])
    store.revise_streams(this, {number: [(Stream("tag", "latest"), list(bindings))]})


def catalogued(engine: Engine, this: PassRecord, name: str, found: Catalogue) -> int:
    """Record the catalogue of an image that a stream points to; returns the image's number."""
    store = SqlCatalogues(engine)
    (waiting,) = (one for one in store.uncatalogued() if one.digest == digest(name))
    store.add(this, waiting.image, CatalogueOrigin("0.74.0", digest("db"), None), found)
    return waiting.image


def rows(engine: Engine) -> dict[str, int]:
    """How many rows each table has, so that what adds none shows."""
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def match(
    engine: Engine,
    this: PassRecord,
    effective: float,
    found: Mapping[str, Iterable[str]],
    **told: object,
) -> KnowledgeVersion:
    """Record a completed match of everything in scope under a new version of knowledge.

    `found` maps names of packages to vulnerabilities; `told` are fields of all findings.
    """
    store = SqlMatches(engine)
    name = digest(f"db {effective}")
    version = store.adopt(this, Stamp("0.74.0", name, "db:2", day(effective), day(effective)))
    since = this.at - REMEMBERED
    for context in store.contexts(since):
        members = store.in_scope(context.number, since, only_new=False)
        asked = Asked(context, True, members, store.taking_part(context.number))  # noqa: FBT003
        said = {
            (number, vulnerability): finding(one, vulnerability, **told)
            for number, one in members.items()
            for vulnerability in found.get(one.name, ())
        }
        held = store.held(context.number)
        store.record(this, version, compare(asked, held, said, (store.versions(), version)))
    return version
