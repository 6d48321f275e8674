"""Packages by the names that people call them, read from their package URLs."""

from __future__ import annotations

from functools import lru_cache

from packageurl import PackageURL

_OF_SYSTEMS = {"apk", "deb", "rpm"}  # whose namespace is the vendor's, and no part of the name


@lru_cache(maxsize=4096)
def shown(purl: str) -> tuple[str, str]:
    """A package's name and version; the whole text and nothing where it is no package URL."""
    try:
        read = PackageURL.from_string(purl)
    except ValueError:
        return purl, ""
    name = read.name
    if read.namespace and read.type not in _OF_SYSTEMS:
        name = f"{read.namespace}{':' if read.type == 'maven' else '/'}{name}"
    epoch = read.qualifiers.get("epoch")
    version = read.version or ""
    return name, f"{epoch}:{version}" if epoch and ":" not in version else version
