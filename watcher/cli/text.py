"""Text from outside, made harmless for terminals."""

from __future__ import annotations

import re

from watcher.report.plain import plain

__all__ = ["plain", "shortened", "without_qualifiers"]

_DIGEST = re.compile(r"sha256:([0-9a-f]{12})[0-9a-f]{52}")


def shortened(text: str) -> str:
    """Cut digests to twelve digits, which are enough to tell them apart."""
    return _DIGEST.sub(r"\1", text)


def without_qualifiers(purls: object) -> object:
    """A package URL, or a list of them, up to the qualifiers."""
    if isinstance(purls, list):
        return [without_qualifiers(one) for one in purls]
    return purls.partition("?")[0] if isinstance(purls, str) else purls
