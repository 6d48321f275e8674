"""Products as documents name them: images, packages, or something nobody here can tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from watcher.domain.vex import Product, StatedPackage
from watcher.ports.purls import package_of

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_REFERENCE: Final = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.:-]*(?:/[a-z0-9][a-z0-9._-]*)+)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_DOCKER_HUB: Final = re.compile(
    r"(?:index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)/"
)


@dataclass(frozen=True, slots=True)
class Called:
    """What registries are called here, by how references to them begin: `host:5000/`."""

    registries: Mapping[str, str]

    def repository(self, address: str) -> str:
        """A repository as watcher names it; one that is not watched keeps its address."""
        plain = _DOCKER_HUB.sub("docker.io/", address.removeprefix("https://").rstrip("/"), count=1)
        for start, name in self.registries.items():
            if plain.startswith(start):
                return f"{name}/{plain.removeprefix(start)}"
        return plain


def product_of(identifier: str, called: Called) -> Product:
    """What an identifier names; about nothing where that cannot be told.

    Raises PermanentError for a package URL that is none.
    """
    if identifier.startswith("pkg:"):
        return _purl(package_of(identifier), called)
    if _DIGEST.fullmatch(identifier):
        return Product(digest=identifier)
    found = _REFERENCE.fullmatch(identifier)
    if found is None:
        return Product()
    digest = found["digest"]
    tag = None if digest else found["tag"]
    return Product(called.repository(found["name"]), digest, tag)


def _purl(package: StatedPackage, called: Called) -> Product:
    """https://github.com/package-url/purl-spec/tree/main/types-doc, `oci` and `docker`."""
    if package.type not in {"oci", "docker"}:
        return Product(package=package)
    version, address = package.version or "", package.qualifiers.get("repository_url")
    digest = version if _DIGEST.fullmatch(version) else None
    tag = package.qualifiers.get("tag")
    if package.type == "docker":
        path = f"{package.namespace or 'library'}/{package.name}"
        address = f"{address or 'docker.io'}/{path}"
        tag = tag or (None if digest else version or None)
    repository = called.repository(address) if address else None
    # A digest says more than a tag, which may have moved since.
    return Product(repository, digest, None if digest or repository is None else tag)


def within(image: Product, packages: list[Product]) -> list[Product]:
    """Packages of an image; the image as a whole where none is named."""
    if not packages:
        return [image]
    if image.about_nothing:
        return [Product()]
    if image.package is not None:
        # A package in a package: the outer one may be anything the image holds, so what counts is
        # the inner one, which is what a database matches.
        return packages
    return [
        Product(image.repository, image.digest, image.tag, one.package)
        if one.package is not None
        else Product()
        for one in packages
    ]
