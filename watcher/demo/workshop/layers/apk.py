"""Layers of the apk family, Alpine and Wolfi: the database of installed packages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.demo.workshop.layers.archive import Layer, layer

_INSTALLED = "lib/apk/db/installed"
# Trivy reads the release out of the path; the host plays no part.
_MIRROR = "https://mirror.example.org/alpine"


@dataclass(frozen=True, slots=True)
class ApkPackage:
    """A package with its origin, the source package that advisories speak of (default: itself)."""

    name: str
    version: str
    origin: str | None = None
    arch: str = "x86_64"

    def paragraph(self) -> str:
        """Return the paragraph of apk's installed database."""
        checksum = hashlib.sha1(f"{self.name}-{self.version}".encode(), usedforsecurity=False)
        return (
            f"C:Q1{base64.b64encode(checksum.digest()).decode()}\nP:{self.name}\n"
            f"V:{self.version}\nA:{self.arch}\nT:{self.name}\nL:MIT\n"
            f"o:{self.origin or self.name}\n"
        )


def alpine_base(
    release: str, packages: Iterable[ApkPackage], *, repository: str | None = None
) -> Layer:
    """Make an Alpine base layer; `release` such as `3.19.1`.

    Advisories are looked up by the release of `/etc/apk/repositories`: `repository` (`3.20`,
    `edge`), by default the release's own.
    """
    branch = repository or ".".join(release.split(".")[:2])
    folder = branch if branch == "edge" else f"v{branch}"
    return layer(
        {
            "etc/alpine-release": f"{release}\n",
            "etc/os-release": (
                f'NAME="Alpine Linux"\nID=alpine\nVERSION_ID={release}\n'
                f'PRETTY_NAME="Alpine Linux v{release}"\n'
            ),
            "etc/apk/repositories": f"{_MIRROR}/{folder}/main\n{_MIRROR}/{folder}/community\n",
            _INSTALLED: _installed(packages),
        },
        created_by=f"alpine {release} base",
    )


def wolfi_base(packages: Iterable[ApkPackage], *, version: str = "20230201") -> Layer:
    """Make a Wolfi base layer; the distribution rolls, its version says nothing."""
    return layer(
        {
            "etc/os-release": (
                f'ID=wolfi\nNAME="Wolfi"\nPRETTY_NAME="Wolfi"\nVERSION_ID="{version}"\n'
            ),
            _INSTALLED: _installed(packages),
        },
        created_by="wolfi base",
    )


def apk_upgrade(installed: Iterable[ApkPackage], changed: Iterable[ApkPackage]) -> Layer:
    """Make an app layer after `apk add`: all that is installed, some newer or added."""
    merged = {package.name: package for package in [*installed, *changed]}
    return layer({_INSTALLED: _installed(merged.values())}, created_by="RUN apk add")


def _installed(packages: Iterable[ApkPackage]) -> str:
    return "".join(package.paragraph() + "\n" for package in packages)
