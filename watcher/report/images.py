"""The images document: what streams point to, what each consists of, and whether it is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from watcher.ports.store.ledger import Track
from watcher.ports.store.views import Coverage, ImageBase, WatchedImage
from watcher.report.streams import UNKNOWN
from watcher.report.times import stamp

Document = dict[str, object]


def document(
    as_of: datetime, images: Iterable[WatchedImage], coverage: Mapping[Track, Coverage]
) -> Document:
    """Write images down; one is covered where it is in every stream that points to it."""
    return {
        "schema": "watcher/images/1",
        "as_of": stamp(as_of),
        "images": [_image(one, coverage) for one in images],
    }


def _image(image: WatchedImage, coverage: Mapping[Track, Coverage]) -> Document:
    judged = [coverage.get(track, UNKNOWN) for track in image.tracks]
    return {
        "image": f"{image.repository}@{image.digest}",
        "platform": image.platform,
        "os": image.os,
        "packages": image.packages,
        "direct": image.direct is not None,
        "direct_because": image.direct,
        "covered": all(one.covered for one in judged),
        "reason": next((one.reason for one in judged if one.reason), None),
        "warning": next((one.warning for one in judged if one.warning), None),
        "streams": list(image.streams),
        "base": _base(image.base) if image.base and image.base.grade else None,
        "base_refuted": image.base.evidence if image.base and not image.base.grade else None,
    }


def _base(base: ImageBase) -> Document:
    return {
        "name": base.name,
        "digest": base.digest,
        "grade": base.grade,
        "evidence": base.evidence,
    }
