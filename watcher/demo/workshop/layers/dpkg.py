"""Layers of the Debian family: what dpkg says is installed, and which release it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.demo.workshop.layers.archive import Layer, layer

_STATUS = "var/lib/dpkg/status"
_CODENAMES = {
    "10": "buster",
    "11": "bullseye",
    "12": "bookworm",
    "13": "trixie",
    "20.04": "focal",
    "22.04": "jammy",
    "24.04": "noble",
}


@dataclass(frozen=True, slots=True)
class DebianPackage:
    """A binary package with the source package that advisories speak of (default: itself)."""

    name: str
    version: str
    source: str | None = None
    source_version: str | None = None
    arch: str = "amd64"
    maintainer: str = "Workshop <workshop@example.org>"

    def stanza(self) -> str:
        """Return the paragraph of dpkg's status file, deb-control(5)."""
        source = ""
        if self.source or self.source_version:
            version = f" ({self.source_version})" if self.source_version else ""
            source = f"Source: {self.source or self.name}{version}\n"
        return (
            f"Package: {self.name}\nStatus: install ok installed\nPriority: optional\n"
            f"Section: base\nMaintainer: {self.maintainer}\nArchitecture: {self.arch}\n"
            f"{source}Version: {self.version}\nDescription: {self.name}\n"
        )


def debian_base(release: str, packages: Iterable[DebianPackage]) -> Layer:
    """Make a Debian base layer; `release` is what /etc/debian_version says, such as `12.5`."""
    return layer(
        {**_debian_release(release), _STATUS: _status(packages)},
        created_by=f"debian {release} base",
    )


def distroless_base(release: str, packages: Iterable[DebianPackage]) -> Layer:
    """Make a base layer without dpkg's status file: a file for each package in status.d."""
    stanzas = {f"{_STATUS}.d/{package.name}": package.stanza() for package in packages}
    return layer(
        {**_debian_release(release), **stanzas}, created_by=f"distroless debian {release} base"
    )


def ubuntu_base(release: str, packages: Iterable[DebianPackage]) -> Layer:
    """Make an Ubuntu base layer; `release` such as `22.04`."""
    codename = _CODENAMES.get(release, "devel")
    return layer(
        {
            "etc/os-release": (
                f'PRETTY_NAME="Ubuntu {release} LTS"\nNAME="Ubuntu"\nVERSION_ID="{release}"\n'
                f"VERSION_CODENAME={codename}\nID=ubuntu\nID_LIKE=debian\n"
            ),
            "etc/lsb-release": (
                f"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE={release}\nDISTRIB_CODENAME={codename}\n"
                f'DISTRIB_DESCRIPTION="Ubuntu {release} LTS"\n'
            ),
            # Ubuntu carries Debian's file too, and a scanner has to see through that.
            "etc/debian_version": "bookworm/sid\n",
            _STATUS: _status(packages),
        },
        created_by=f"ubuntu {release} base",
    )


def dpkg_upgrade(installed: Iterable[DebianPackage], changed: Iterable[DebianPackage]) -> Layer:
    """Make an app layer after `apt-get install`: all that is installed, some newer or added."""
    merged = {(package.name, package.arch): package for package in [*installed, *changed]}
    return layer({_STATUS: _status(merged.values())}, created_by="RUN apt-get install")


def _status(packages: Iterable[DebianPackage]) -> str:
    return "\n".join(package.stanza() for package in packages)


def _debian_release(release: str) -> dict[str, str | bytes]:
    major = release.split(".", maxsplit=1)[0]
    return {
        "etc/debian_version": f"{release}\n",
        "etc/os-release": (
            f'PRETTY_NAME="Debian GNU/Linux {major}"\nNAME="Debian GNU/Linux"\n'
            f'VERSION_ID="{major}"\nVERSION_CODENAME={_CODENAMES.get(major, "sid")}\nID=debian\n'
        ),
    }
