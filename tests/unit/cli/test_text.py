"""Text from outside reaches no terminal as it came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from watcher.cli.text import plain, shortened

DIGEST = "sha256:" + "0123456789abcdef" * 4


def test_what_a_terminal_would_obey_is_written_out() -> None:
    hostile = "a\x1b[31m\x07\r\n\x9b2J\u202egnp\u2066\u200b\u2028z"
    assert plain(hostile) == ("a\\x1b[31m\\x07\\r\\n\\x9b2J\\u202egnp\\u2066\\u200b\\u2028z")


def test_what_people_write_stays() -> None:
    assert plain("Grüße, 東京 → 100 %") == "Grüße, 東京 → 100 %"


@given(st.text())
def test_nothing_that_is_not_printable_is_left(text: str) -> None:
    assert plain(text).isprintable()


def test_a_digest_is_cut_to_twelve_digits_wherever_it_stands() -> None:
    assert shortened(f"local/shop/api@{DIGEST}") == "local/shop/api@0123456789ab"
    assert shortened("sha256:0123") == "sha256:0123"
