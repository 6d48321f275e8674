"""Resolving many tags at once, and knowing when to stop."""

from __future__ import annotations

import threading

import pytest

from watcher.adapters.distribution.resolving import resolve_all
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)

NAMES = [f"t{number:04}" for number in range(1000)]


class Looking:
    """Answers by name; counts and remembers what it was asked."""

    def __init__(self, **errors: WatcherError) -> None:
        self.errors = errors
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, name: str) -> str:
        with self._lock:
            self.asked.append(name)
        if name in self.errors:
            raise self.errors[name]
        return f"sha256:{name}"


def test_every_name_is_looked_at_once() -> None:
    looking = Looking()
    resolved = resolve_all(NAMES, looking, 8)
    assert sorted(looking.asked) == NAMES
    assert resolved.digests == {name: f"sha256:{name}" for name in NAMES}


def test_nothing_to_look_at_is_nothing() -> None:
    assert resolve_all([], Looking(), 8).digests == {}


def test_failures_here_and_there_are_noted() -> None:
    looking = Looking(
        t0003=TransientError("slow"), t0007=PermanentError("odd"), t0009=NotFoundError("x")
    )
    resolved = resolve_all(NAMES, looking, 4)
    assert resolved.failed == {"t0003": "slow", "t0007": "odd"}
    assert resolved.gone == {"t0009"}
    assert len(resolved.digests) == 997


def test_tags_that_are_gone_are_no_failures_however_many() -> None:
    looking = Looking(**{name: NotFoundError("gone") for name in NAMES})
    assert resolve_all(NAMES, looking, 8).gone == set(NAMES)


def test_many_failures_in_a_row_end_it() -> None:
    looking = Looking(**{name: TransientError("down") for name in NAMES})
    with pytest.raises(TransientError, match="down"):
        resolve_all(NAMES, looking, 8)
    assert len(looking.asked) < 40


def test_failures_that_alternate_with_successes_do_not_end_it() -> None:
    looking = Looking(**{name: TransientError("down") for name in NAMES[::2]})
    resolved = resolve_all(NAMES, looking, 1)
    assert len(resolved.digests) == 500
    assert len(resolved.failed) == 500


def test_a_refusal_is_raised_even_after_successes() -> None:
    looking = Looking(t0500=UnauthorizedError("no"))
    with pytest.raises(UnauthorizedError):
        resolve_all(NAMES, looking, 1)
    assert len(looking.asked) == 501


def test_a_request_to_slow_down_keeps_what_was_learnt() -> None:
    looking = Looking(t0500=RateLimitedError("slower"))
    resolved = resolve_all(NAMES, looking, 1)
    assert set(resolved.digests) == set(NAMES[:500])
    assert set(resolved.failed) == set(NAMES[500:])
    assert resolved.failed["t0999"] == "not asked any more: slower"
    assert len(looking.asked) == 501


def test_a_defect_is_not_hidden() -> None:
    def broken(name: str) -> str:
        raise ZeroDivisionError(name)

    with pytest.raises(ZeroDivisionError):
        resolve_all(NAMES, broken, 4)
