"""Whatever comes from outside, a parser gives its answer or its own refusal, and soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.fuzz.mutations import spoiled_bytes, spoiled_json
from tests.properties.fuzz.parsers import PARSERS, Parser

NEARLY = [one for one in PARSERS if one.document is not None]
LONGEST = 2000  # characters that a person reads


def tried(parser: Parser, content: bytes) -> None:
    """Raises what is no refusal of the parser's own, and what is one that nobody could read."""
    refusal = ""
    try:
        parser.parse(content)
    except parser.refusals as refused:
        refusal = str(refused)
    assert len(refusal) < LONGEST


@pytest.mark.parametrize("parser", PARSERS, ids=lambda one: one.name)
def test_what_it_is_usually_given_it_reads_or_refuses(parser: Parser) -> None:
    tried(parser, parser.seed)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda one: one.name)
@given(data=st.data())
def test_bytes_of_any_kind_are_read_or_refused(parser: Parser, data: st.DataObject) -> None:
    tried(parser, data.draw(st.binary(max_size=2000) | spoiled_bytes(parser.seed)))


@pytest.mark.parametrize("parser", NEARLY, ids=lambda one: one.name)
@given(data=st.data())
def test_documents_that_are_nearly_right_are_read_or_refused(
    parser: Parser, data: st.DataObject
) -> None:
    tried(parser, data.draw(spoiled_json(parser.document)))


@pytest.mark.parametrize("parser", PARSERS, ids=lambda one: one.name)
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"- ", b"{a: ", b"&a [*a,", b"(" * 10])
def test_what_is_nested_without_end_is_refused(parser: Parser, opening: bytes) -> None:
    tried(parser, opening * 20_000)
