"""Text from outside, made harmless for terminals and logs."""

from __future__ import annotations


def plain(text: str) -> str:
    """Write out every character that a terminal would obey or hide, such as the escape.

    Those are control characters, invisible formats (among them those that turn the direction of
    writing) and line separators: all that Unicode does not count as printable.
    """
    return "".join(one if one.isprintable() else _written(one) for one in text)


def _written(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
