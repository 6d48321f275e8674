"""Entries as rows and columns, whatever they are written as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Entry = Mapping[str, object]
Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in CSV and how an entry is read; its heading in a table, None for none.

    `short` cuts for tables what CSV has whole. A `flexible` column is folded where a terminal is
    too narrow; the others stay on one line. Where that does not do, columns are left out, those
    first that can be `spared` most. A column without a key is for tables alone.
    """

    key: str | None
    read: Callable[[Entry], object]
    heading: str | None = None
    short: Callable[[object], object] | None = None
    flexible: bool = False
    spared: int = 0


def entries_of(document: Document, key: str) -> list[Entry]:
    """The entries that a document lists under a key."""
    listed = document[key]
    if not isinstance(listed, list):
        raise TypeError(f"the document lists no {key}")
    return listed


def field(
    key: str,
    heading: str | None = None,
    short: Callable[[object], object] | None = None,
    *,
    flexible: bool = False,
    spared: int = 0,
) -> Column:
    """The column of a field of the document."""
    return Column(key, lambda entry: entry[key], heading, short, flexible, spared)


REMARK = Column(
    None, lambda entry: entry["reason"] or entry["warning"], heading="remark", flexible=True
)


def without_qualifiers(purls: object) -> object:
    """A package URL, or a list of them, up to the qualifiers."""
    if isinstance(purls, list):
        return [without_qualifiers(one) for one in purls]
    return purls.partition("?")[0] if isinstance(purls, str) else purls
