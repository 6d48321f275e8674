"""Databases that are none: right by their digests, and wrong inside."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from tests.acceptance.bad_input.story import START, day
from tests.acceptance.month.advisories import CURL, OPENSSL, news
from watcher.demo.workshop import Artifact, Blob, trivy_database
from watcher.demo.workshop.artifact import packed
from watcher.demo.workshop.database import LAYER_TYPE, metadata_bytes

_SAID = news(START, 0.75, OPENSSL, CURL)
_GOOD = trivy_database(_SAID.advisories, _SAID.details, updated_at=day(0.75))
_PAGE = 4096  # bytes; the first two pages are bbolt's headers


def _holding(
    trivy_db: bytes = _GOOD.content, metadata: bytes = _GOOD.metadata, **more: bytes
) -> Artifact:
    files = {"trivy.db": trivy_db, "metadata.json": metadata, **more}
    return packed(files, LAYER_TYPE, day(0.75))


def _layer(content: bytes, media_type: str = LAYER_TYPE) -> Artifact:
    return Artifact(_GOOD.artifact().config, (Blob.of(media_type, content),))


_HEADERLESS = b"\xff" * 2 * _PAGE + _GOOD.content[2 * _PAGE :]
_GZIP = _GOOD.artifact().layers[0].content
_TAR = gzip.decompress(_GZIP)

# What is wrong with each -> the artifact, and what the complaint says.
BROKEN: Mapping[str, tuple[Artifact, str]] = {
    "no archive": (_layer(b"this is no archive at all"), "no gzip"),
    "an archive cut off": (_layer(_GZIP[: len(_GZIP) // 2]), "cut off"),
    "a tar cut off": (_layer(gzip.compress(_TAR[: len(_TAR) // 2])), "cut off"),
    "an archive without a database": (
        packed({"metadata.json": _GOOD.metadata}, LAYER_TYPE, day(0)),
        "lacks",
    ),
    "a guest in the archive": (_holding(**{"../../evil": b"x"}), "none of its two plain files"),
    "a database cut off": (_holding(_GOOD.content[: len(_GOOD.content) // 2]), "cut off"),
    "a database of nothing": (_holding(b""), "empty"),
    "a database of garbage": (_holding(b"garbage!" * 4096), "no bbolt file"),
    "broken headers": (_holding(_HEADERLESS), "no bbolt file"),
    "a newer schema": (_holding(metadata=metadata_bytes(3, day(0.75), day(2))), "schema version 3"),
    "metadata of garbage": (_holding(metadata=b"\x00garbage"), "no JSON"),
    "a date that is none": (_holding(metadata=b'{"Version":2,"UpdatedAt":"soon"}'), "UpdatedAt"),
}

# Not even pulled: their manifests tell.
NO_DATABASE: Mapping[str, tuple[Artifact, str]] = {
    "a chart": (_layer(b"x", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"), "helm"),
    "two layers": (
        Artifact(_GOOD.artifact().config, _layer(b"x").layers + _layer(b"y").layers),
        "2 layers",
    ),
}

# Whole from the outside: only whoever reads its pages sees that there is nothing in them.
RIDDLE = _holding(_GOOD.content[: 2 * _PAGE] + bytes(len(_GOOD.content) - 2 * _PAGE))
