"""Which version of a package could be had on a day: that of day 0, then those with fixes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from watcher.demo.season.advisories import flaws
from watcher.demo.season.systems import System

_LIBRARIES: Mapping[str, Mapping[str, str]] = {
    "pypi": {
        "aiohttp": "3.9.1",
        "certifi": "2024.2.2",
        "cryptography": "42.0.2",
        "fastapi": "0.109.2",
        "gunicorn": "21.2.0",
        "idna": "3.6",
        "jinja2": "3.1.2",
        "numpy": "1.26.4",
        "pandas": "2.2.0",
        "pip": "24.0",
        "psycopg": "3.1.18",
        "requests": "2.31.0",
        "setuptools": "65.5.1",
        "sqlalchemy": "2.0.27",
        "starlette": "0.36.3",
        "urllib3": "2.0.7",
    },
    "npm": {
        "axios": "1.6.7",
        "braces": "3.0.2",
        "cross-spawn": "7.0.3",
        "express": "4.18.2",
        "follow-redirects": "1.15.5",
        "next": "14.1.4",
        "npm": "10.5.0",
        "path-to-regexp": "0.1.7",
        "react": "18.2.0",
        "semver": "7.5.1",
        "ws": "8.16.0",
    },
}
# Newer versions that came without a fix for anything: index, package, day, version.
_NEWS = (("pypi", "setuptools", 56.0, "70.0.0"),)


def system_version(system: System, source: str, day: float) -> str:
    """The version of a source package in a release."""
    return _newest(system.bucket, source, day) or system.sources[source].version


def library_version(index: str, package: str, day: float) -> str:
    """The version of a library on PyPI or npm."""
    return _newest(index, package, day) or _LIBRARIES[index][package]


def _newest(where: str, package: str, day: float) -> str | None:
    out = [version for since, version in _history(where, package) if since <= day]
    return out[-1] if out else None


@cache
def _history(where: str, package: str) -> tuple[tuple[float, str], ...]:
    fixes = [
        (flaw.fixed, version)
        for flaw in flaws()
        if flaw.package == package and (version := flaw.where.get(where))
    ]
    others = [
        (day, version) for index, name, day, version in _NEWS if (index, name) == (where, package)
    ]
    return tuple(sorted(fixes + others))
