"""What a builder attests of the images that it used: all stages' together, or which one is final.

SLSA provenance, https://slsa.dev/spec/v0.2/provenance and https://slsa.dev/spec/v1.1/provenance,
as BuildKit fills it: https://docs.docker.com/build/metadata/attestations/slsa-definitions/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from watcher.domain.reference import is_digest

PREDICATES: Final = ("https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1")
_IMAGES: Final = ("pkg:docker/", "pkg:oci/")
_SOURCE: Final = "docker-image://"
_METADATA: Final = ("https://mobyproject.org/buildkit@v1#metadata", "buildkit_metadata")
# What reads a Dockerfile is an image too, and never a base.
_FRONTENDS: Final = ("docker/dockerfile", "docker/dockerfile-upstream")
_MOST: Final = 1000  # materials, and steps of a build


@dataclass(frozen=True, slots=True)
class Material:
    """An image that a build used, by the name it was used under and the digest that this had.

    `layers` are those that the builder found in it, by their digests as stored; empty where the
    builder does not tell.
    """

    name: str
    digest: str
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """The images that a build used, of whichever stage; each once."""

    materials: tuple[Material, ...]

    @property
    def digests(self) -> frozenset[str]:
        """What they were resolved to."""
        return frozenset(one.digest for one in self.materials)

    def final(self, layers: Sequence[str]) -> Material | None:
        """The one whose layers the image begins with, by their digests as stored; the longest."""
        beginning = [
            one
            for one in self.materials
            if one.layers and tuple(layers[: len(one.layers)]) == one.layers
        ]
        return max(beginning, key=lambda one: len(one.layers), default=None)


def read_provenance(predicate: Mapping[str, Any]) -> Provenance:
    """Read a predicate of SLSA, of either version; what is not as it should be is left out."""
    definition = _mapping(predicate.get("buildDefinition"))
    listed = predicate.get("materials") or definition.get("resolvedDependencies")
    layers = _layers(predicate)
    found: dict[str, Material] = {}
    for one in _list(listed):
        material = _material(_mapping(one), layers)
        if material is not None:
            found.setdefault(material.digest, material)
    return Provenance(tuple(found.values()))


def _material(told: Mapping[str, Any], layers: Mapping[str, tuple[str, ...]]) -> Material | None:
    uri = told.get("uri")
    value = _mapping(told.get("digest")).get("sha256")
    digest = f"sha256:{value}"
    if not isinstance(uri, str) or not uri.startswith(_IMAGES) or not is_digest(digest):
        return None
    name = _named(uri[:1000])
    if name.partition(":")[0].endswith(_FRONTENDS):
        return None
    return Material(name, digest, layers.get(digest, ()))


def _named(uri: str) -> str:
    """A package URL of an image as people write it: `pkg:docker/debian@12?platform=…` is debian:12.

    A version that is a digest is no tag.
    """
    plain = uri.partition("?")[0].partition("#")[0]
    path, _, version = plain.partition("/")[2].partition("@")
    version = version.replace("%3A", ":")
    path = path.replace("%3A", ":").replace("%2F", "/")
    return f"{path}:{version}" if version and not is_digest(version) else path


def _layers(predicate: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The layers of the images that BuildKit pulled, by digest, where it tells of every step."""
    run = _mapping(predicate.get("runDetails"))
    homes = (_mapping(predicate.get("metadata")), _mapping(run.get("metadata")))
    told = next((_mapping(home[name]) for home in homes for name in _METADATA if name in home), {})
    by_step = _mapping(told.get("layers"))
    found: dict[str, tuple[str, ...]] = {}
    for step, digest in _pulled(predicate):
        for name in (f"{step}:0", step):
            for chain in _lists(by_step.get(name)):
                found.setdefault(digest, chain)
    return found


def _pulled(predicate: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The steps that pulled an image, each with the image's digest."""
    definition = _mapping(predicate.get("buildDefinition"))
    inside = _mapping(definition.get("internalParameters"))
    homes = (_mapping(predicate.get("buildConfig")), _mapping(inside.get("buildConfig")))
    steps = next((home["llbDefinition"] for home in homes if "llbDefinition" in home), None)
    for step in map(_mapping, _list(steps)):
        source = _source(_mapping(step.get("op")))
        name, digest = step.get("id"), source.rpartition("@")[2]
        if isinstance(name, str) and source.startswith(_SOURCE) and is_digest(digest):
            yield name, digest


def _source(operation: Mapping[str, Any]) -> str:
    """Where a step's source is, however the operation's one kind was written down."""
    kinds = (operation, _mapping(operation.get("Op")), _mapping(operation.get("op")))
    told = (_mapping(kind.get("source") or kind.get("Source")).get("identifier") for kind in kinds)
    return next((one for one in told if isinstance(one, str)), "")


def _lists(given: object) -> Iterator[tuple[str, ...]]:
    """Lists of descriptors as the digests that they hold."""
    for listed in _list(given):
        chain = [_mapping(one).get("digest") for one in _list(listed)]
        digests = tuple(one for one in chain if isinstance(one, str) and is_digest(one))
        if digests and len(digests) == len(chain):
            yield digests


def _list(given: object) -> Sequence[object]:
    return given[:_MOST] if isinstance(given, list) else ()


def _mapping(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}
