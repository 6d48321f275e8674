"""The bbolt writer, read back by a reader that shares no code with it."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.demo.workshop.bolt import Tree, bolt_file

PAGE = 4096


def read_file(content: bytes) -> dict[str, Any]:
    """Follow the higher of the two meta pages down to every key, checking each page's number."""
    magic, version, size, _, root, _, freelist, high_water, transaction, checksum = (
        struct.unpack_from("<IIIIQQQQQQ", content, PAGE + 16)
    )
    assert (magic, version, size, transaction) == (0xED0CDAED, 2, PAGE, 1)
    assert checksum == fnv(content[PAGE + 16 : PAGE + 72])
    assert len(content) == high_water * PAGE
    assert struct.unpack_from("<QHHI", content, freelist * PAGE) == (freelist, 0x10, 0, 0)
    return read_page(content, root * PAGE, root)


def read_page(content: bytes, start: int, number: int) -> dict[str, Any]:
    stored, kind, count, overflow = struct.unpack_from("<QHHI", content, start)
    assert stored == number
    assert start + (overflow + 1) * PAGE <= len(content) or number == 0
    keys: list[bytes] = []
    found: dict[str, Any] = {}
    for index in range(count):
        element = start + 16 + 16 * index
        if kind == 0x01:
            position, key_size, child = struct.unpack_from("<IIQ", content, element)
            keys.append(content[element + position :][:key_size])
            below = read_page(content, child * PAGE, child)
            assert next(iter(below)).encode() == keys[-1]
            found.update(below)
        else:
            flags, position, key_size, size = struct.unpack_from("<IIII", content, element)
            keys.append(content[element + position :][:key_size])
            value = content[element + position + key_size :][:size]
            found[keys[-1].decode()] = read_bucket(content, value) if flags else value
    assert keys == sorted(set(keys))
    return found


def read_bucket(content: bytes, value: bytes) -> dict[str, Any]:
    root, _ = struct.unpack_from("<QQ", value)
    return read_page(content, root * PAGE, root) if root else read_page(value, 16, 0)


def fnv(content: bytes) -> int:
    total = 14695981039346656037
    for byte in content:
        total = ((total ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return total


keys = st.text(min_size=1, max_size=10)
values = st.binary(max_size=40) | st.sampled_from([b"v" * 1000, b"w" * 5000])
buckets = st.recursive(
    st.dictionaries(keys, values, max_size=5),
    lambda inner: st.dictionaries(keys, values | inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(keys, buckets, max_size=5))
def test_what_is_written_is_read_back(tree: Tree) -> None:
    assert read_file(bolt_file(tree)) == tree


def test_many_keys_need_branches_over_branches() -> None:
    tree = {"many": {f"{number:0200}": b"%d" % number for number in range(6000)}}
    content = bolt_file(tree)
    kinds = [
        struct.unpack_from("<H", content, start + 8)[0] for start in range(0, len(content), PAGE)
    ]
    # 6,000 keys of 200 bytes: 19 to a leaf, 18 to a branch, so more than one level of branches.
    assert kinds.count(0x01) > 18
    assert read_file(content) == tree


def test_a_value_larger_than_a_page_overflows() -> None:
    tree: Tree = {"large": {"a": b"x", "b": b"y" * 3 * PAGE, "c": b"z"}}
    assert read_file(bolt_file(tree)) == tree


def test_small_buckets_take_no_page_of_their_own() -> None:
    tree = {"debian 12": {f"package-{number}": {"CVE": b"{}"} for number in range(100)}}
    assert len(bolt_file(tree)) < 10 * PAGE


def test_the_order_of_a_tree_changes_no_byte() -> None:
    tree: Tree = {"b": {"y": b"1", "x": b"2"}, "a": {"z": {"k": b"3"}}}
    turned: Tree = {"a": {"z": {"k": b"3"}}, "b": {"x": b"2", "y": b"1"}}
    assert bolt_file(tree) == bolt_file(turned)


def test_a_value_at_the_root_is_refused() -> None:
    with pytest.raises(ValueError, match="holds buckets"):
        bolt_file({"bucket": {}, "loose": b"value"})


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty key"):
        bolt_file({"bucket": {"": b"value"}})
