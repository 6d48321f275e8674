"""The twelve bases of the house, the days on which each is rebuilt, and what is in it then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from watcher.demo.season.archive import library_version, system_version
from watcher.demo.season.calendar import Calendar
from watcher.demo.season.layers import AMD64, ARM64, system_layer, tool_layers
from watcher.demo.season.systems import ALPINE_3_19, DEBIAN_11, DEBIAN_12, System
from watcher.demo.workshop import Image


@dataclass(frozen=True, slots=True)
class Base:
    """A lineage: its tag, its release with the sources it adds, its tools, its rebuilds."""

    name: str
    system: System
    adds: tuple[str, ...] = ()
    tools: tuple[tuple[str, str], ...] = ()  # index and library
    rebuilt: tuple[float, ...] = ()
    platforms: tuple[str, ...] = (AMD64,)

    @property
    def repository(self) -> str:
        """The repository, such as `base/python`."""
        return self.name.partition(":")[0]

    @property
    def tag(self) -> str:
        """The tag, such as `3.12-slim`."""
        return self.name.partition(":")[2]

    def newest(self, day: float) -> float:
        """The day of the newest build that was out on a day."""
        return max(built for built in self.rebuilt if built <= day)

    def sources(self, day: float) -> dict[str, str]:
        """The versions of its source packages as of a day."""
        return {
            name: system_version(self.system, name, day) for name in (*self.system.core, *self.adds)
        }

    def build(self, calendar: Calendar, day: float, platform: str = AMD64) -> Image:
        """The image of a build day."""
        versions = [(index, name, library_version(index, name, day)) for index, name in self.tools]
        layers = [system_layer(self.system, self.sources(day), platform), *tool_layers(versions)]
        return Image(layers, platform=platform, created=calendar.time(day))


# Before the season began, then when somebody found the time; from day 47 on those of shop are
# rebuilt on the day on which there is something to fix.
_FIRST = -6.3
BASES = (
    Base(
        "base/python:3.12-slim",
        DEBIAN_12,
        ("expat", "krb5", "sqlite3"),
        (("pypi", "pip"), ("pypi", "setuptools")),
        (_FIRST, 17.7, 47.7, 59.7, 71.7, 83.7, 95.7, 107.7, 113.7, 119.7),
    ),
    Base(
        "base/node:22-slim",
        DEBIAN_12,
        ("expat", "nghttp2"),
        (("npm", "npm"), ("npm", "cross-spawn")),
        (_FIRST, 23.7, 47.7, 71.7, 83.7, 95.7, 107.7),
        platforms=(AMD64, ARM64),
    ),
    Base(
        "base/node:20-alpine",
        ALPINE_3_19,
        ("c-ares", "nghttp2"),
        (("npm", "npm"), ("npm", "cross-spawn")),
        (_FIRST, 17.7, 35.7, 47.7, 65.7, 77.7, 95.7, 101.7),
    ),
    Base(
        "base/temurin:21-jre",
        DEBIAN_12,
        ("curl", "expat", "freetype", "nghttp2"),
        rebuilt=(_FIRST, 17.7, 41.7, 59.7, 77.7, 95.7, 107.7),
    ),
    Base(
        "base/temurin:17-jre",
        DEBIAN_11,
        ("curl", "expat", "freetype", "nghttp2"),
        rebuilt=(_FIRST, 89.7),  # nobody felt responsible for it
    ),
    Base(
        "base/python:3.9-slim",
        DEBIAN_11,
        ("expat", "krb5", "sqlite3"),
        (("pypi", "pip"), ("pypi", "setuptools")),
        (_FIRST, 17.7, 47.7, 77.7, 107.7),
    ),
    Base(
        "base/node:18-slim",
        DEBIAN_11,
        ("expat", "nghttp2"),
        (("npm", "npm"), ("npm", "cross-spawn")),
        (_FIRST, 23.7, 53.7, 83.7, 107.7),
    ),
    Base("base/debian:12-slim", DEBIAN_12, rebuilt=(_FIRST, 29.7, 71.7, 107.7)),
    Base("base/debian:11-slim", DEBIAN_11, rebuilt=(_FIRST, 29.7, 71.7, 95.7)),
    Base(
        "base/nginx:1.28",
        DEBIAN_12,
        ("curl", "expat", "freetype", "libxml2", "libxslt", "nghttp2", "nginx", "tiff"),
        rebuilt=(_FIRST, 23.7, 53.7, 89.7),
    ),
    Base(
        "base/nginx:1.28-alpine",
        ALPINE_3_19,
        ("curl", "expat", "libxml2", "libxslt", "nginx", "pcre2"),
        rebuilt=(_FIRST, 29.7, 53.7, 77.7),
    ),
    Base("base/alpine:3.19", ALPINE_3_19, ("curl",), rebuilt=(_FIRST, 41.7, 101.7)),
)


@cache
def base(name: str) -> Base:
    """The base of a name such as `python:3.12-slim`."""
    return next(one for one in BASES if one.name == f"base/{name}")
