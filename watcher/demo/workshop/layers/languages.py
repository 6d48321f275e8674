"""Layers of an application: what pip, npm and a Java build leave on disk."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.demo.workshop.blobs import json_bytes
from watcher.demo.workshop.layers.archive import Layer, layer

SITE_PACKAGES = "usr/local/lib/python3.12/site-packages"
NODE_MODULES = "usr/src/app/node_modules"
JARS = "opt/app/lib"


@dataclass(frozen=True, slots=True)
class PythonPackage:
    """An installed distribution, as its `METADATA` names it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class NodePackage:
    """An installed package, as its `package.json` names it; `@scope/name` where scoped."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Jar:
    """A Java archive; unless it `names_itself` only the Java DB can tell what it is."""

    group: str
    artifact: str
    version: str
    names_itself: bool = False

    def content(self) -> bytes:
        """Return the archive's bytes, the same every time."""
        members = {
            "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n",
            "app/build.txt": f"{self.group} {self.artifact} {self.version}\n",
        }
        if self.names_itself:
            members[f"META-INF/maven/{self.group}/{self.artifact}/pom.properties"] = (
                f"groupId={self.group}\nartifactId={self.artifact}\nversion={self.version}\n"
            )
        return _zipped(members)

    @property
    def sha1(self) -> str:
        """Return the SHA-1 of the content in hex, by which the Java DB knows it."""
        return hashlib.sha1(self.content(), usedforsecurity=False).hexdigest()


def python_layer(packages: Iterable[PythonPackage], *, folder: str = SITE_PACKAGES) -> Layer:
    """Make the layer that `pip install` leaves."""
    return layer(
        {
            f"{folder}/{package.name.replace('-', '_')}-{package.version}.dist-info/METADATA": (
                f"Metadata-Version: 2.1\nName: {package.name}\nVersion: {package.version}\n"
            )
            for package in packages
        },
        created_by="RUN pip install -r requirements.txt",
    )


def node_layer(packages: Iterable[NodePackage], *, folder: str = NODE_MODULES) -> Layer:
    """Make the layer that `npm ci` leaves."""
    return layer(
        {
            f"{folder}/{package.name}/package.json": json_bytes(
                {"name": package.name, "version": package.version}
            )
            for package in packages
        },
        created_by="RUN npm ci",
    )


def java_layer(jars: Iterable[Jar], *, folder: str = JARS) -> Layer:
    """Make a layer of jars, named after artifact and version."""
    return layer(
        {f"{folder}/{jar.artifact}-{jar.version}.jar": jar.content() for jar in jars},
        created_by="COPY lib /opt/app/lib",
    )


def _zipped(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()
