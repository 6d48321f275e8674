"""The twelve repositories: whose they are, what their images hold, and the tags they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.demo.season.archive import library_version
from watcher.demo.season.bases import Base, base
from watcher.demo.workshop import Layer, NodePackage, PythonPackage, layer, node_layer, python_layer

Lock = tuple[tuple[str, str], ...]  # a library and its version


@dataclass(frozen=True, slots=True)
class Service:
    """A repository: its libraries, and its streams as tags with the bases they are built on.

    A tag such as `2.4` is a version line, whose builds are 2.4.0, 2.4.1 and so on. An `annotated`
    service names its base in annotations; `upgrades` are system packages that its own layer takes
    newer than the base has them.
    """

    repository: str
    streams: dict[str, str]
    index: str = ""
    libraries: tuple[str, ...] = ()
    annotated: bool = False
    upgrades: tuple[str, ...] = ()

    @property
    def team(self) -> str:
        """The team that owns it."""
        return self.repository.partition("/")[0]

    def locked(self, day: float) -> Lock:
        """The newest versions of its libraries on a day."""
        return tuple((name, library_version(self.index, name, day)) for name in self.libraries)

    def layers(self, lock: Lock) -> Iterator[Layer]:
        """Its own layers, with the libraries of a lock file."""
        if self.index == "pypi":
            yield python_layer([PythonPackage(*one) for one in lock])
        if self.index == "npm":
            yield node_layer([NodePackage(*one) for one in lock])
        yield layer({f"srv/{self.repository}/start.sh": "exec serve\n"})


@dataclass(frozen=True, slots=True)
class Stream:
    """One tag, or one line of versions, of a service."""

    service: Service
    tag: str
    base: Base

    @property
    def name(self) -> str:
        """Repository and tag."""
        return f"{self.service.repository}:{self.tag}"

    @property
    def is_line(self) -> bool:
        """Whether it is a line of versions, each build of which has a tag of its own."""
        return self.tag[0].isdecimal()

    def tag_of(self, build: int) -> str:
        """The tag of the n-th build: `2.4.7`, `3.1.7-alpine`, or always the same."""
        if not self.is_line:
            return self.tag
        version, dash, flavour = self.tag.partition("-")
        return f"{version}.{build}{dash}{flavour}"


_WEB = ("express", "semver", "path-to-regexp")

SERVICES = (
    Service(
        "shop/api",
        {"main": "python:3.12-slim", "2.4": "python:3.12-slim", "1.9": "python:3.12-slim"},
        "pypi",
        ("fastapi", "starlette", "jinja2", "urllib3", "idna", "psycopg"),
        annotated=True,
    ),
    Service(
        "shop/web",
        {"main": "node:22-slim", "3.1": "node:22-slim", "3.1-alpine": "node:20-alpine"},
        "npm",
        ("next", "react", "axios", "follow-redirects"),
        annotated=True,
    ),
    Service(
        "shop/checkout",
        {"main": "node:22-slim", "5.0": "node:22-slim", "4.7": "node:22-slim"},
        "npm",
        (*_WEB, "ws", "axios"),
    ),
    Service(
        "data/ingest",
        {"main": "python:3.12-slim", "2.0": "python:3.12-slim", "1.7": "python:3.9-slim"},
        "pypi",
        ("aiohttp", "idna", "sqlalchemy", "pandas", "numpy"),
    ),
    Service(
        "data/reports",
        {"latest": "python:3.12-slim", "nightly": "python:3.12-slim"},
        "pypi",
        ("jinja2", "requests", "urllib3", "pandas", "numpy"),
    ),
    Service(
        "data/warehouse",
        {"main": "temurin:21-jre", "5.2": "temurin:21-jre", "4.8": "temurin:17-jre"},
        annotated=True,
    ),
    Service("pay/gateway", {"7.3": "temurin:21-jre", "6.6": "temurin:17-jre"}, annotated=True),
    Service(
        "pay/ledger",
        {"main": "python:3.9-slim", "stable": "python:3.9-slim"},
        "pypi",
        ("cryptography", "requests", "urllib3", "idna", "certifi", "gunicorn"),
        upgrades=("openssl",),
    ),
    Service(
        "pay/portal",
        {"main": "node:18-slim", "2.2": "node:18-slim", "2.2-alpine": "node:20-alpine"},
        "npm",
        (*_WEB, "braces"),
        annotated=True,
    ),
    Service(
        "ops/proxy",
        {"1.5": "nginx:1.28", "1.5-alpine": "nginx:1.28-alpine"},
    ),
    Service("ops/cron", {"stable": "debian:11-slim", "old-stable": "debian:11-slim"}),
    Service("ops/backup", {"3.0": "debian:12-slim", "2.5-alpine": "alpine:3.19"}),
)

STREAMS = tuple(
    Stream(service, tag, base(of)) for service in SERVICES for tag, of in service.streams.items()
)
