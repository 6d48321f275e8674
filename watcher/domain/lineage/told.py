"""What an image says of its own base, in annotations and labels; nothing of it is proof."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from watcher.domain.reference import is_digest

# https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
BASE_NAME: Final = "org.opencontainers.image.base.name"
BASE_DIGEST: Final = "org.opencontainers.image.base.digest"
# https://github.com/buildpacks/spec/blob/main/platform.md, `io.buildpacks.lifecycle.metadata`
_BUILDPACKS: Final = "io.buildpacks.lifecycle.metadata"
_COPACETIC: Final = "BaseImage"  # what Copacetic patched: the image itself as it was, and no base
_LONGEST: Final = 600  # characters of a name
_LARGEST: Final = 1_000_000  # characters of buildpacks' metadata
_DOCKER_HUB: Final = re.compile(r"^(?:index\.|registry-1\.)?docker\.io/")


@dataclass(frozen=True, slots=True)
class Claim:
    """A base as an image names it; `inherited` where that may be said of an image below it.

    Builders hand labels on to children; annotations are of the one manifest that has them.
    """

    name: str | None
    digest: str | None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class RunImage:
    """The run image that buildpacks built on; its own last layer is `top`, by diff id."""

    name: str | None
    digest: str | None
    top: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that an image says: its base, its run image, and what it was before it was patched."""

    claim: Claim | None = None
    run_image: RunImage | None = None
    original: str | None = None

    @classmethod
    def read(cls, annotations: Mapping[str, str], labels: Mapping[str, str]) -> Told:
        """Read the annotations of a manifest and the labels of a configuration.

        A name is cut to what can be one; a digest that is none says nothing.
        """
        return cls(
            claim=_claim(annotations, inherited=False) or _claim(labels, inherited=True),
            run_image=_run_image(labels.get(_BUILDPACKS, "")),
            original=_name(labels.get(_COPACETIC)),
        )


NOTHING_TOLD: Final = Told()


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two references name one image, however Docker Hub is written."""
    if not one or not other:
        return False
    return _plain(one) == _plain(other)


def _plain(reference: str) -> str:
    """The reference without what Docker lets people leave out."""
    bare = _DOCKER_HUB.sub("", reference.partition("@")[0]).removeprefix("library/")
    return bare if ":" in bare.rpartition("/")[2] else f"{bare}:latest"


def _claim(told: Mapping[str, str], *, inherited: bool) -> Claim | None:
    if BASE_NAME not in told and BASE_DIGEST not in told:
        return None
    digest = told.get(BASE_DIGEST, "")
    name = told.get(BASE_NAME)
    return Claim(
        None if name is None else name[:_LONGEST], digest if is_digest(digest) else None, inherited
    )


def _run_image(text: str) -> RunImage | None:
    """The run image in the metadata of the buildpacks' lifecycle; None where it is not told."""
    if not text or len(text) > _LARGEST:
        return None
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    told = _mapping(_mapping(read).get("runImage"))
    top = told.get("topLayer")
    if not isinstance(top, str) or not is_digest(top):
        return None
    reference = _name(told.get("reference")) or ""
    name, _, digest = reference.partition("@")
    older = _mapping(_mapping(_mapping(read).get("stack")).get("runImage"))
    called = _name(told.get("image")) or _name(older.get("image")) or name
    return RunImage(called or None, digest if is_digest(digest) else None, top)


def _mapping(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _name(given: object) -> str | None:
    return given[:_LONGEST] if isinstance(given, str) and given else None
