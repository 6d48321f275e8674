"""The pages of a bbolt file: 4096 bytes each, or a run of them for what is larger.

The layout is that of go.etcd.io/bbolt (`internal/common`), all numbers little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

PAGE_SIZE: Final = 4096
BRANCH, LEAF = 0x01, 0x02
IS_BUCKET: Final = 0x01

_META, _FREELIST = 0x04, 0x10
_MAGIC: Final = 0xED0CDAED
_VERSION: Final = 2
_META_PAGES: Final = 2
_FREELIST_PAGE: Final = 2
_MAX_COUNT: Final = 0xFFFF

_HEADER = struct.Struct("<QHHI")  # id, flags, count, overflow
_LEAF_ELEMENT = struct.Struct("<IIII")  # flags, position, key size, value size
_BRANCH_ELEMENT = struct.Struct("<IIQ")  # position, key size, page id
_META_BODY = struct.Struct("<IIIIQQQQQ")  # magic … transaction, all that the checksum covers


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a page: of a leaf with its flags and value, of a branch with its child page."""

    key: bytes
    value: bytes = b""
    flags: int = 0
    child: int = 0


@dataclass(slots=True)
class Pages:
    """The pages written so far, and the number that the next one gets."""

    chunks: list[bytes] = field(default_factory=list)
    next_id: int = _FREELIST_PAGE + 1

    def add(self, kind: int, entries: list[Entry]) -> int:
        """Append one page, overflowing into as many as its entries need; return its number."""
        content = page(kind, entries, self.next_id)
        count = -(-len(content) // PAGE_SIZE)
        self.chunks.append(content.ljust(count * PAGE_SIZE, b"\0"))
        self.next_id += count
        return self.next_id - count

    def file(self, root: int) -> bytes:
        """Return the whole file, `root` being the page of the root bucket."""
        metas = [_meta_page(number, root, self.next_id) for number in range(_META_PAGES)]
        freelist = _HEADER.pack(_FREELIST_PAGE, _FREELIST, 0, 0).ljust(PAGE_SIZE, b"\0")
        return b"".join([*metas, freelist, *self.chunks])


def page(kind: int, entries: list[Entry], number: int = 0) -> bytes:
    """Lay out one page without padding; number 0 is a page inside a bucket's value."""
    elements, contents = [], []
    size = _element(kind).size
    offset = size * len(entries)
    for index, entry in enumerate(entries):
        # A position counts from the element that holds it.
        position = offset - size * index
        elements.append(
            _LEAF_ELEMENT.pack(entry.flags, position, len(entry.key), len(entry.value))
            if kind == LEAF
            else _BRANCH_ELEMENT.pack(position, len(entry.key), entry.child)
        )
        contents.append(entry.key + entry.value)
        offset += len(entry.key) + len(entry.value)
    overflow = (_HEADER.size + offset - 1) // PAGE_SIZE
    return b"".join([_HEADER.pack(number, kind, len(entries), overflow), *elements, *contents])


def page_loads(kind: int, entries: list[Entry]) -> Iterator[list[Entry]]:
    """Cut entries into runs that fit one page; an entry larger than a page is a run alone."""
    room = PAGE_SIZE - _HEADER.size
    group: list[Entry] = []
    used = 0
    for entry in entries:
        size = _element(kind).size + len(entry.key) + len(entry.value)
        if group and (used + size > room or len(group) == _MAX_COUNT):
            yield group
            group, used = [], 0
        group.append(entry)
        used += size
    yield group


def _element(kind: int) -> struct.Struct:
    return _LEAF_ELEMENT if kind == LEAF else _BRANCH_ELEMENT


def _meta_page(number: int, root: int, high_water: int) -> bytes:
    """Write one of the two meta pages; bbolt takes the valid one of the higher transaction."""
    body = _META_BODY.pack(
        _MAGIC, _VERSION, PAGE_SIZE, 0, root, 0, _FREELIST_PAGE, high_water, number
    )
    header = _HEADER.pack(number, _META, 0, 0)
    return (header + body + struct.pack("<Q", _fnv1a(body))).ljust(PAGE_SIZE, b"\0")


def _fnv1a(content: bytes) -> int:
    """Return the 64-bit FNV-1a hash."""
    value = 0xCBF29CE484222325
    for byte in content:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value
