"""A writer of bbolt files: nested buckets of keys and values become the bytes of one file.

The same tree always gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final, TypeAlias

from watcher.demo.workshop.bolt_pages import (
    BRANCH,
    IS_BUCKET,
    LEAF,
    PAGE_SIZE,
    Entry,
    Pages,
    page,
    page_loads,
)

Tree: TypeAlias = "Mapping[str, bytes | Tree]"

_BUCKET = struct.Struct("<QQ")  # root page (0: the page follows in the value), sequence
# bbolt itself keeps a bucket inline up to a quarter of a page; a database of advisories is
# mostly such buckets, and with a page each the file would be ten times as large.
_INLINE_LIMIT: Final = PAGE_SIZE // 4


def bolt_file(tree: Tree) -> bytes:
    """Write a tree as a bbolt file: a mapping is a bucket, bytes are a value.

    Raises ValueError for a value at the root, where buckets alone may be, or an empty key.
    """
    if loose := [name for name, value in tree.items() if isinstance(value, bytes)]:
        raise ValueError(f"the root of a bbolt file holds buckets, not the value {loose[0]!r}")
    pages = Pages()
    return pages.file(_write(pages, _entries(pages, tree)))


def _entries(pages: Pages, tree: Tree) -> list[Entry]:
    """Turn a bucket's keys into sorted leaf entries, its larger sub-buckets written before it."""
    if "" in tree:
        raise ValueError("bbolt allows no empty key")
    named = sorted((name.encode(), value) for name, value in tree.items())
    return [
        Entry(key, value)
        if isinstance(value, bytes)
        else Entry(key, _bucket(pages, value), flags=IS_BUCKET)
        for key, value in named
    ]


def _bucket(pages: Pages, tree: Tree) -> bytes:
    """Return the value that stands for a bucket in its parent."""
    entries = _entries(pages, tree)
    inline = page(LEAF, entries)
    if len(inline) <= _INLINE_LIMIT and not any(entry.flags for entry in entries):
        return _BUCKET.pack(0, 0) + inline
    return _BUCKET.pack(_write(pages, entries), 0)


def _write(pages: Pages, entries: list[Entry]) -> int:
    """Write leaf pages, then branch pages over them until one page is the root; return it."""
    kind = LEAF
    while True:
        level = [
            Entry(load[0].key if load else b"", child=pages.add(kind, load))
            for load in page_loads(kind, entries)
        ]
        if len(level) == 1:
            return level[0].child
        entries, kind = level, BRANCH
