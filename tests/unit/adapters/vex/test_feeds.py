"""Feeds of files and folders: what cannot be read is told apart from what is gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.adapters.vex.test_openvex import document, statement
from watcher.adapters.vex import Called, feed_of
from watcher.domain.errors import AttemptError
from watcher.ports.vex import Unread, VexDocument

CALLED = Called({})


def test_a_folder_is_its_json_files_in_order(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "readme.md"):
        (tmp_path / name).write_text(json.dumps(document(statement())))
    found = feed_of(str(tmp_path), CALLED).read()
    assert [Path(one.location).name for one in found] == ["a.json", "b.json"]
    assert all(isinstance(one, VexDocument) for one in found)


def test_a_broken_document_leaves_the_others_their_word(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(json.dumps(document(statement())))
    broken, whole = feed_of(str(tmp_path), CALLED).read()
    assert isinstance(broken, Unread)
    assert "no JSON" in broken.error
    assert isinstance(whole, VexDocument)


def test_a_feed_that_is_not_there_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(AttemptError, match="there is no") as refused:
        feed_of(str(tmp_path / "missing"), CALLED).read()
    assert "\n" not in str(refused.value)


def test_an_address_is_named_without_what_is_secret_in_it() -> None:
    feed = feed_of("https://example.com/vex.json?token=hunter2", CALLED)
    assert "hunter2" not in feed.source
