"""Text from outside, made harmless for terminals."""

from __future__ import annotations

import re

_DIGEST = re.compile(r"sha256:([0-9a-f]{12})[0-9a-f]{52}")


def plain(text: str) -> str:
    """Write out every character that a terminal would obey or hide, such as the escape.

    Those are control characters, invisible formats (among them those that turn the direction of
    writing) and line separators: all that Unicode does not count as printable.
    """
    return "".join(one if one.isprintable() else _written(one) for one in text)


def shortened(text: str) -> str:
    """Cut digests to twelve digits, which are enough to tell them apart."""
    return _DIGEST.sub(r"\1", text)


def _written(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
