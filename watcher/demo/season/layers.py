"""The layers of a base: the packages of its release, and its tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from watcher.demo.season.systems import System
from watcher.demo.workshop import (
    ApkPackage,
    DebianPackage,
    Layer,
    NodePackage,
    PythonPackage,
    alpine_base,
    debian_base,
    node_layer,
    python_layer,
)

AMD64, ARM64 = "linux/amd64", "linux/arm64"
# What dpkg and apk call the machines.
_MACHINES = {AMD64: ("amd64", "x86_64"), ARM64: ("arm64", "aarch64")}
_GLOBAL_MODULES = "usr/local/lib/node_modules"


def system_layer(system: System, versions: Mapping[str, str], platform: str) -> Layer:
    """A release with these versions of source packages."""
    if not system.is_alpine:
        return debian_base(system.release, debian_packages(system, versions, platform))
    _, machine = _MACHINES[platform]
    packages = [
        ApkPackage(binary, version, origin=source, arch=machine)
        for source, version in versions.items()
        for binary in system.sources[source].binaries
    ]
    return alpine_base(system.release, packages)


def debian_packages(
    system: System, versions: Mapping[str, str], platform: str
) -> list[DebianPackage]:
    """What these versions of source packages install."""
    machine, _ = _MACHINES[platform]
    return [
        DebianPackage(binary, version, source=source, arch=machine)
        for source, version in versions.items()
        for binary in system.sources[source].binaries
    ]


def tool_layers(versions: Sequence[tuple[str, str, str]]) -> Iterator[Layer]:
    """What a base brings of its language: index, library and version of each."""
    if python := [PythonPackage(name, told) for index, name, told in versions if index == "pypi"]:
        yield python_layer(python)
    if node := [NodePackage(name, told) for index, name, told in versions if index == "npm"]:
        yield node_layer(node, folder=_GLOBAL_MODULES)
