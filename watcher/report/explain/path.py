"""Numbers of a document by their names: the keys that lead to them, with dots between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from watcher.domain.errors import UsageError

Step = str | int
Path = tuple[Step, ...]

_SHOWN = 12  # keys named where one is wrong


def numbers(document: object, here: Path = ()) -> Iterator[tuple[Path, float]]:
    """Every number of a document, each with the way to it."""
    if isinstance(document, bool):
        return
    if isinstance(document, int | float):
        yield here, document
    elif isinstance(document, Mapping):
        for key, value in document.items():
            yield from numbers(value, (*here, key))
    elif isinstance(document, Sequence) and not isinstance(document, str):
        for position, value in enumerate(document):
            yield from numbers(value, (*here, position))


def named(path: Path) -> str:
    """A way as people write it."""
    return ".".join(map(str, path))


def found(document: Mapping[str, object], text: str) -> tuple[Path, float | None]:
    """The way that a text names, and the number there, None where that is not known.

    A figure stands for its value, and `figures.` before its name may be left out. Raises UsageError
    that names what there is where nothing is, or no number.
    """
    first = text.partition(".")[0]
    figures = document.get("figures")
    if first not in document and isinstance(figures, Mapping) and first in figures:
        text = f"figures.{text}"
    path, value = _follow(document, text)
    if isinstance(value, Mapping) and "value" in value:
        path, value = (*path, "value"), value["value"]
    if value is None and path[-1] != "value" and path[-1] not in _NULLABLE:
        raise UsageError(f"{text} is not there: it is null, and so no number")
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise UsageError(f"{text} is no number{_choice(value)}")
    return path, value


# Numbers that may be null by themselves, without a figure around them.
_NULLABLE = frozenset({"share", "stream_days_share", "before", "low", "high"})


def _follow(document: object, text: str) -> tuple[Path, object]:
    """Go along the keys; one may have dots of its own, so the longest that fits is taken."""
    path: Path = ()
    rest = text
    while rest:
        key = max((one for one in _keys(document) if _fits(one, rest)), key=len, default=None)
        if key is None:
            raise UsageError(f"a report has no {text}: nothing at {rest!r}{_choice(document)}")
        if isinstance(document, Mapping):
            document, path = document[key], (*path, key)
        elif isinstance(document, Sequence):
            document, path = document[int(key)], (*path, int(key))
        rest = rest[len(key) + 1 :]
    return path, document


def _fits(key: str, rest: str) -> bool:
    return rest == key or rest.startswith(f"{key}.")


def _keys(document: object) -> list[str]:
    if isinstance(document, Mapping):
        return list(document)
    if isinstance(document, Sequence) and not isinstance(document, str):
        return [str(position) for position in range(len(document))]
    return []


def _choice(document: object) -> str:
    keys = _keys(document)
    more = ", …" if len(keys) > _SHOWN else ""
    return f"; there are: {', '.join(keys[:_SHOWN])}{more}" if keys else ""
