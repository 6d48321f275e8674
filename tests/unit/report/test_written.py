"""Documents are ASCII and the same for the same facts."""

from __future__ import annotations

import json

import pytest

from watcher.report.written import written


def test_a_document_is_safe_on_any_terminal_and_comes_back_whole() -> None:
    document = {"schema": "watcher/x/1", "text": "\x1b[31m \x9b \u202e ü", "list": [1, None, True]}
    text = written(document)
    assert text.isascii()
    assert "\x1b" not in text
    assert text.endswith("}\n")
    assert json.loads(text) == document


def test_what_is_no_number_is_never_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        written({"days": float("nan")})
