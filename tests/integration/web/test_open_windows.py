"""What is open, found in columns: the same as the ledger's own list finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.integration.web.conftest import NOON
from tests.integration.web.streams import LINE, TAG
from watcher.bootstrap import App
from watcher.ports.store.browsing import DueTimes, Order, WindowsWanted
from watcher.reading import browse
from watcher.reading.memory import Memory
from watcher.reading.reading import Asked, Reading


@pytest.fixture
def record(app: App) -> Reading:
    """The record now; what is due is due by the configuration's policy."""
    return Reading.of(app, Asked(), NOON, memory=Memory())


def wanted(record: Reading, **told: object) -> WindowsWanted:
    limits = record.config.policy.meant.limits
    return replace(WindowsWanted(limits=limits), **told)  # type: ignore[arg-type] # by name


@pytest.mark.parametrize("order", ["due", "severity", "age", "newest", "stream"])
def test_the_same_windows_come_in_the_same_order(record: Reading, order: Order) -> None:
    asked = wanted(record, order=order)
    of_ledger = record.app.browsing.windows(asked, record.upto)
    assert of_ledger.windows > 4
    assert browse.open_windows(record, asked, None) == of_ledger


@pytest.mark.parametrize(
    "told",
    [
        {"severities": frozenset({"HIGH"})},
        {"severities": frozenset({"CRITICAL", "LOW"})},
        {"vulnerability": "CVE-2026-1"},
        {"vulnerability": "cve-2026-1"},
        {"vulnerability": "CVE-1999-1"},
        {"text": "openssl"},
        {"text": "OPENSSL"},
        {"text": "shop/"},
        {"text": "2026-4"},
        {"text": "%"},
        {"text": "nothing-like-it"},
        {"since_before": NOON - timedelta(days=7)},
        {"due": DueTimes(before=NOON)},
        {"due": DueTimes(since=NOON, before=NOON + timedelta(days=30))},
        {"due": DueTimes(since=NOON)},
        {"due": DueTimes(never=True)},
        {"offset": 2, "at_most": 2},
        {"offset": 99},
    ],
)
def test_the_same_windows_are_left_by_a_filter(record: Reading, told: dict[str, object]) -> None:
    asked = wanted(record, **told)
    assert browse.open_windows(record, asked, None) == record.app.browsing.windows(
        asked, record.upto
    )


@pytest.mark.parametrize("stream", [LINE, TAG])
def test_the_same_windows_are_a_streams(record: Reading, stream: str) -> None:
    numbers = {one.track.stream for one in browse.tracks(record) if one.stream == stream}
    asked = wanted(record, streams=frozenset(numbers))
    of_ledger = record.app.browsing.windows(asked, record.upto)
    assert browse.open_windows(record, asked, lambda name, _: name == stream) == of_ledger


def test_columns_are_read_once_for_a_pass(record: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    browse.open_windows(record, wanted(record), None)
    monkeypatch.setattr(type(record.app.columns), "episodes", lambda *_: pytest.fail("read again"))
    later = replace(record, as_of=record.as_of + timedelta(minutes=3))
    browse.open_windows(later, wanted(record, text="ssl"), None)
