"""What strangers might send: bytes of every kind, and documents that are nearly right."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**30, max_value=10**40)
    | st.floats()
    | st.text()
    | st.sampled_from(["", "sha256:", "\0", "\ud800", "../../etc/passwd", "\x1b[2J", "a" * 5000])
)
VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def spoiled_bytes(draw: st.DrawFn, seed: bytes) -> bytes:
    """A seed with some of it overwritten, left out, doubled or cut off."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 64))
        content[start : start + length] = draw(st.binary(max_size=64))
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@st.composite
def spoiled_json(draw: st.DrawFn, seed: Any) -> bytes:  # noqa: ANN401 - JSON, of any shape
    """A document in which some places hold what does not belong there."""
    document = copy.deepcopy(seed)
    for _ in range(draw(st.integers(1, 3))):
        document = _spoiled(draw, document)
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _spoiled(draw: st.DrawFn, node: Any) -> Any:  # noqa: ANN401 - JSON, of any shape
    """Replace a place, or leave it out; places further in are met as often as those outside."""
    inside = (
        list(node)
        if isinstance(node, dict)
        else list(range(len(node)))
        if isinstance(node, list)
        else []
    )
    if not inside or draw(st.integers(0, 5)) == 0:
        return draw(VALUES)
    place = draw(st.sampled_from(inside))
    if isinstance(node, dict) and draw(st.integers(0, 5)) == 0:
        del node[place]
        return node
    node[place] = _spoiled(draw, node[place])
    return node
