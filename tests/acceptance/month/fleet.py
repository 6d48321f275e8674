"""The images of the demo: two systems, four teams, six repositories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.demo.workshop import (
    ApkPackage,
    DebianPackage,
    Image,
    Layer,
    NodePackage,
    PythonPackage,
    alpine_base,
    built_on,
    debian_base,
    node_layer,
    python_layer,
)

OLD_OPENSSL, NEW_OPENSSL = "3.0.11-1~deb12u2", "3.0.14-1~deb12u2"
OLD_CURL, NEW_CURL = "8.5.0-r0", "8.9.0-r0"
OLD_JINJA, NEW_JINJA = "3.1.2", "3.1.4"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Makes images whose times are days from the demo's first midnight."""

    start: datetime

    def debian(self, openssl: str, layers: list[Layer], created: float) -> Image:
        """An image on Debian 12 with this openssl."""
        packages = [
            DebianPackage("base-files", "12.4+deb12u5"),
            DebianPackage("bash", "5.2.15-2"),
            DebianPackage("libc6", "2.36-9+deb12u4", source="glibc"),
            DebianPackage("libexpat1", "2.5.0-1", source="expat"),
            DebianPackage("libssl3", openssl, source="openssl"),
            DebianPackage("openssl", openssl),
            DebianPackage("zlib1g", "1:1.2.13.dfsg-1", source="zlib"),
        ]
        return self._built(debian_base("12.5", packages), layers, created)

    def alpine(self, curl: str, layers: list[Layer], created: float) -> Image:
        """An image on Alpine 3.19 with this curl."""
        packages = [
            ApkPackage("busybox", "1.36.1-r15"),
            ApkPackage("libcrypto3", "3.1.4-r5", origin="openssl"),
            ApkPackage("libcurl", curl, origin="curl"),
            ApkPackage("musl", "1.2.4_git20230717-r4"),
            ApkPackage("zlib", "1.3.1-r0"),
        ]
        return self._built(alpine_base("3.19.1", packages), layers, created)

    def _built(self, base: Layer, layers: list[Layer], created: float) -> Image:
        return built_on(Image([base]), layers, created=self.start + timedelta(days=created))


def python(jinja: str) -> list[Layer]:
    """A Python service with this Jinja."""
    return [
        python_layer(
            [
                PythonPackage("Jinja2", jinja),
                PythonPackage("requests", "2.31.0"),
                PythonPackage("urllib3", "2.0.7"),
            ]
        )
    ]


def node(semver: str) -> list[Layer]:
    """A Node service with this semver."""
    return [node_layer([NodePackage("express", "4.18.2"), NodePackage("semver", semver)])]
