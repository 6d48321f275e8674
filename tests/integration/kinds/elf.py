"""Programs that say what they are built of: an ELF file of one section and nothing to run."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Final

_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT: Final = struct.Struct("<IIQQQQQQ")
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_ADDRESS: Final = 0x400000


def rust_binary(crates: Mapping[str, str]) -> bytes:
    """A program built with cargo-auditable: its crates as compressed JSON in `.dep-v0`."""
    packages = [
        {"name": name, "version": version, "source": "crates.io"}
        for name, version in crates.items()
    ]
    root = {
        "name": "app",
        "version": "0.1.0",
        "source": "local",
        "root": True,
        "dependencies": [*range(len(packages))],
    }
    told = json.dumps({"packages": [*packages, root]}).encode()
    return _elf(".dep-v0", zlib.compress(told))


def go_binary(version: str, modules: str) -> bytes:
    """A Go program: `modules` are lines of its module table (debug/buildinfo, since Go 1.18)."""
    # The table stands between two marks of 16 bytes, of which readers know the lengths alone.
    table = f"{'0' * 16}{modules}{'1' * 16}".encode()
    head = b"\xff Go buildinf:\x08\x02".ljust(32, b"\0")
    return _elf(".go.buildinfo", head + _counted(version.encode()) + _counted(table))


def _counted(text: bytes) -> bytes:
    """A string behind its length, seven bits at a time."""
    length, written = len(text), bytearray()
    while length >= 0x80:
        written.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*written, length]) + text


def _elf(name: str, content: bytes) -> bytes:
    """An ELF file for x86-64 with one section, loaded at one address."""
    names = b"\0" + name.encode() + b"\0.shstrtab\0"
    start = 0x1000
    body = content.ljust(-(-len(content) // 16) * 16, b"\0")
    names_at = start + len(body)
    sections_at = -(-(names_at + len(names)) // 16) * 16
    header = _HEADER.pack(
        b"\x7fELF\x02\x01\x01".ljust(16, b"\0"),
        *(2, 62, 1, _ADDRESS, _HEADER.size, sections_at, 0, _HEADER.size),
        *(_SEGMENT.size, 1, _SECTION.size, 3, 2),
    )
    size = len(body)
    segment = _SEGMENT.pack(1, 6, start, _ADDRESS, _ADDRESS, size, size, 0x1000)
    sections = (
        _SECTION.pack(*[0] * 10)
        + _SECTION.pack(1, 1, 3, _ADDRESS, start, len(content), 0, 0, 16, 0)
        + _SECTION.pack(2 + len(name), 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    )
    front = (header + segment).ljust(start, b"\0")
    return (front + body + names).ljust(sections_at, b"\0") + sections
