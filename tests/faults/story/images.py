"""The images of the fleet: made of real layers, and listed for a fake scanner beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.scanner import fake_package
from tests.faults.story.flaws import (
    CURL,
    DEBIAN,
    NEW_BASH,
    NEW_JINJA,
    NEW_OPENSSL,
    OLD_BASH,
    OLD_JINJA,
    OLD_OPENSSL,
    TAR,
    day,
)
from watcher.demo.workshop import (
    DebianPackage,
    Image,
    Index,
    Layer,
    PythonPackage,
    built_on,
    debian_base,
    layer,
    python_layer,
    ubuntu_base,
)
from watcher.domain.package import Occurrence

Package = tuple[str, str]  # name and version

AMD, ARM = "linux/amd64", "linux/arm64"
BASE_NAME = "registry.example/base/python:3.12"


@dataclass(frozen=True, slots=True)
class Made:
    """An image, and what a scanner lists in it."""

    image: Image
    holds: tuple[Occurrence, ...] = field(repr=False)
    not_covered: str | None = None  # why no document can carry it


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a tag points to: one image, or an index over several."""

    made: Sequence[Made]

    @property
    def content(self) -> Image | Index:
        """As it is pushed."""
        images = [one.image for one in self.made]
        return images[0] if len(images) == 1 else Index(images)


def system(created: float, platform: str, *packages: Package) -> Made:
    """A base image: one layer of Debian packages, and one that marks the platform."""
    bottom = debian_base("12.5", [DebianPackage(*one) for one in packages])
    top = python_layer([PythonPackage(f"marker-{platform.rpartition('/')[2]}", "1.0")])
    image = Image([bottom, top], platform, day(created))
    holds = tuple(_occurrence(one, bottom, "deb") for one in packages)
    return Made(image, holds)


def app(on: Made, created: float, *packages: Package, claims: bool = False) -> Made:
    """An image built on a base, with Python packages of its own."""
    layer = python_layer([PythonPackage(*one) for one in packages])
    name = BASE_NAME if claims else None
    image = built_on(on.image, [layer], created=day(created), base_name=name)
    return Made(image, (*on.holds, *(_occurrence(one, layer, "pypi") for one in packages)))


def curated(created: float, *packages: Package) -> Made:
    """An image of a supplier that no document can carry: it is matched by scans of its own."""
    bottom = ubuntu_base("22.04", [DebianPackage("tar", TAR)])
    mark = layer({"usr/share/rapidfort/curated.json": "{}"})
    top = python_layer([PythonPackage(*one) for one in packages])
    holds = (
        _occurrence(("tar", TAR), bottom, "deb"),
        *(_occurrence(one, top, "pypi") for one in packages),
    )
    image = Image([bottom, mark, top], AMD, day(created))
    return Made(image, holds, "told by a file in it")


def _occurrence(package: Package, layer: Layer, kind: str) -> Occurrence:
    name, version = package
    context = DEBIAN if kind == "deb" else "language"
    listed = fake_package(name.lower(), version, context)
    return Occurrence(listed, layer.diff_id, "", f"pkg:{kind}/{name.lower()}@{version}")


_OLD = (("openssl", OLD_OPENSSL), ("bash", OLD_BASH), ("tar", TAR))
_NEW = (("openssl", NEW_OPENSSL), ("bash", NEW_BASH), ("tar", TAR))
_OLD_AMD, _OLD_ARM = system(-50, AMD, *_OLD), system(-50, ARM, *_OLD)
_NEW_AMD, _NEW_ARM = system(2, AMD, *_NEW), system(2, ARM, *_NEW)
_JINJA, _MENDED = ("jinja2", OLD_JINJA), ("jinja2", NEW_JINJA)

OLD_BASE, NEW_BASE = Shipped([_OLD_AMD, _OLD_ARM]), Shipped([_NEW_AMD, _NEW_ARM])
API = Shipped([app(_OLD_AMD, -20, ("api", "1.0"), _JINJA), app(_OLD_ARM, -20, ("api", "1.0"))])
NEW_API = Shipped([app(_NEW_AMD, 4, ("api", "1.1"), _MENDED), app(_NEW_ARM, 4, ("api", "1.1"))])
WEB = Shipped([app(_OLD_AMD, -20, ("web", "1.0"), claims=True)])
NEW_WEB = Shipped([app(_NEW_AMD, 4, ("web", "1.0"), claims=True)])
_APART = system(-40, AMD, ("curl", CURL), ("openssl", OLD_OPENSSL))
_APART_NEW = system(3, AMD, ("curl", CURL), ("openssl", NEW_OPENSSL))
WORKER = Shipped([app(_APART, -10, ("worker", "1.0"), _JINJA)])
WORKER_1_1 = Shipped([app(_APART, 2, ("worker", "1.1"), _MENDED)])
WORKER_1_2 = Shipped([app(_APART_NEW, 4, ("worker", "1.2"), _MENDED)])
INGEST = Shipped([app(_OLD_AMD, -15, ("ingest", "1.0"), _JINJA)])
NEW_INGEST = Shipped([app(_NEW_AMD, 4, ("ingest", "1.0"), _JINJA)])
TRAIN = Shipped([app(_OLD_AMD, -15, ("train", "1.0"))])
ALONE = Shipped([_APART])
PROBE = Shipped([system(-40, AMD, ("curl", CURL), ("tar", TAR))])
CURATED = Shipped([curated(-30, _JINJA)])
NEW_CURATED = Shipped([curated(4, _MENDED)])
