"""Parcels: what goes to a worker and comes back arrives as it was, or is told of in one line."""

from __future__ import annotations

import pickle
import pickletools
from datetime import UTC, datetime
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.executors import parcel
from watcher.adapters.executors.parcel import Answer, pack, perform, task, unpack
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)
from watcher.domain.package import Catalogue, Finding, Occurrence, Package

PACKAGE = Package("debian 12", "a@1", "a", "1", {"version": "1", "deep": [{"x": None}]}, "why")
FINDING = Finding(
    "debian 12", "a@1", "CVE-1", "HIGH", None, "fixed", "2", "t", datetime(2026, 1, 1, tzinfo=UTC)
)


def raising(error: Exception) -> NoReturn:
    raise error


class Stubborn(Exception):  # noqa: N818 - an error of a stranger
    """Does not travel."""

    def __reduce__(self) -> NoReturn:
        raise TypeError


def test_a_catalogue_comes_back_as_it_was() -> None:
    one = Catalogue("debian", "12", False, (Occurrence(PACKAGE, "l", "p", "pkg:a"),), (FINDING,))  # noqa: FBT003
    work = task(lambda_free, (one,), {})
    assert unpack(work()).given() == one


def lambda_free(value: object) -> object:
    return value


@pytest.mark.parametrize(
    "error",
    [
        TransientError("later", 2.5),
        RateLimitedError("slower", 30.0),
        PermanentError("never"),
        UnauthorizedError("who?"),
        NotFoundError("not here"),
        KeyError("a mistake"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_back_as_it_was(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        unpack(perform(pack((raising, (error,), {})))).given()
    assert type(caught.value) is type(error)
    assert caught.value.args == error.args
    assert getattr(caught.value, "retry_after", None) == getattr(error, "retry_after", None)


def test_an_error_that_cannot_travel_is_told_by_its_name() -> None:
    packed = perform(pack((make_and_raise, (), {})))
    with pytest.raises(RuntimeError, match="Stubborn: of no use"):
        unpack(packed).given()


def make_and_raise() -> NoReturn:
    raise Stubborn("of no use")


def test_a_task_shows_nothing_of_what_it_holds() -> None:
    work = task(lambda_free, ("geheim" * 3,), {})
    sent = pickle.dumps(work)
    assert b"geheim" not in sent
    assert "geheim" not in str(getattr(work, "func", ""))


def test_a_task_that_is_not_done_yet_needs_nothing_of_ours() -> None:
    """Dask's scheduler reads tasks, and a worker that cannot read one ends."""
    named = [
        str(argument)
        for operation, argument, _ in pickletools.genops(pickle.dumps(task(lambda_free, (), {})))
        if "UNICODE" in operation.name
    ]
    assert [one for one in named if one.startswith("watcher")] == []


def test_another_version_of_watcher_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(Answer(1))
    monkeypatch.setattr(parcel, "__version__", "9.9.9")
    with pytest.raises(TransientError) as caught:
        unpack(packed)
    assert "with watcher 9.9.9 cannot read what" in str(caught.value)
    assert "with watcher 0.1.0 sent: install the same watcher" in str(caught.value)


@given(damage=st.binary(min_size=1, max_size=40))
def test_what_cannot_be_read_is_told_of_in_one_line(damage: bytes) -> None:
    whole = pack(Answer(1))
    head, _, body = whole.partition(b"\n")
    with pytest.raises(TransientError) as caught:
        unpack(head + b"\n" + damage + body)
    assert "\n" not in str(caught.value)
