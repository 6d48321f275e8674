"""Packages of Trivy's report as values: all that a driver reads of them, and a key made of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from watcher.adapters.scanners.trivy.contexts import LANGUAGE
from watcher.adapters.scanners.trivy.fields import JsonObject, number, part, text, texts
from watcher.domain.package import Package

# Their drivers compare the architecture; the others never look at it.
_READS_ARCHITECTURE: Final = frozenset({"redhat", "centos", "rocky", "oracle"})
_READABLE = re.compile(r"[A-Za-z0-9@:/._+~^-]{1,80}")


def shown_version(package: JsonObject) -> str:
    """Write [epoch:]version[-release], as Trivy does in `InstalledVersion`."""
    version, release = text(package, "Version"), text(package, "Release")
    epoch = number(package, "Epoch")
    return (f"{epoch}:" if epoch else "") + version + (f"-{release}" if release else "")


def os_package(context: str, family: str, source: JsonObject, left_out: str | None) -> Package:
    """Read a package of an OS, as the driver of its family sees it."""
    attributes: dict[str, object] = {
        "version": text(source, "Version"),
        "release": text(source, "Release"),
        "epoch": number(source, "Epoch"),
        "arch": text(source, "Arch") if family in _READS_ARCHITECTURE else "",
        "src_name": text(source, "SrcName"),
        "src_version": text(source, "SrcVersion"),
        "src_release": text(source, "SrcRelease"),
        "src_epoch": number(source, "SrcEpoch"),
        "module": text(source, "Modularitylabel"),
        "build": build_of(source),
    }
    told = {key: value for key, value in attributes.items() if value or value == {}}
    return _package(context, source, shown_version(source), told, left_out)


def language_package(kind: str, source: JsonObject, left_out: str | None) -> Package:
    """Read a language's package; `kind` is the `Type` of its result, such as `python-pkg`."""
    return _package(LANGUAGE, source, text(source, "Version"), {"type": kind}, left_out)


def build_of(source: JsonObject) -> dict[str, object] | None:
    """Read Red Hat's build information; None where there is none, which is not an empty one."""
    if source.get("BuildInfo") is None:
        return None
    build = part(source, "BuildInfo")
    told: dict[str, object] = {
        "content_sets": texts(build, "ContentSets"),
        "nvr": text(build, "Nvr"),
        "arch": text(build, "Arch"),
    }
    return {key: value for key, value in told.items() if value}


def digest(value: object) -> str:
    """Shorten any JSON value to 128 bits that only an equal value has."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _package(
    context: str,
    source: JsonObject,
    version: str,
    attributes: Mapping[str, object],
    left_out: str | None,
) -> Package:
    """Make the package; one that is left out is never the same as one that is matched."""
    name = text(source, "Name")
    key = digest([name, version, attributes, left_out])
    readable = f"{name}@{version}"
    identity = f"{readable}#{key}" if _READABLE.fullmatch(readable) else f"#{key}"
    return Package(context, identity, name, version, attributes, left_out)
