"""Faults: what may go wrong at a step, by the kind of the step and the side it is met on."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import psycopg

from tests.faults.harness.steps import Kind, Step, When, die
from watcher.domain.errors import PermanentError, TransientError

# The driver's connection of a commit, None for every other step.
Act = Callable[[Any], None]


def _kill(_: object) -> None:
    die()


def _time_out(_: object) -> NoReturn:
    raise TransientError("the server does not answer: timed out after 30 s")


def _refuse(_: object) -> NoReturn:
    raise PermanentError("the server refuses this: 400")


def _fill_up(_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _break(_: object) -> NoReturn:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def _full(connection: Any) -> NoReturn:  # noqa: ANN401 - a connection of either driver
    if isinstance(connection, psycopg.Connection):
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")
    raise _sqlite("database or disk is full", sqlite3.SQLITE_FULL)


def _gone(connection: Any) -> NoReturn:  # noqa: ANN401 - a connection of either driver
    if isinstance(connection, psycopg.Connection):
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")
    raise _sqlite("disk I/O error", sqlite3.SQLITE_IOERR)


def _sqlite(told: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(told)
    error.sqlite_errorcode = code
    return error


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, as a report names it."""

    name: str
    act: Act


KILLED: Final = Fault("killed", _kill)
_OPEN_TRANSACTIONS: Final = 4  # one of so many is left open by a death
_CALLS: Final = (Fault("timed out", _time_out), Fault("refused", _refuse))
_FAILING: Final[Mapping[tuple[Kind, When], Sequence[Fault]]] = {
    ("commit", "before"): (Fault("database gone", _gone), Fault("database full", _full)),
    ("commit", "after"): (Fault("database gone", _gone),),
    ("file", "before"): (Fault("disk full", _fill_up),),
    ("file", "after"): (Fault("disk broken", _break),),
    ("registry", "before"): _CALLS,
    ("artifacts", "before"): _CALLS,
    ("scanner", "before"): _CALLS,
}


def deaths(step: Step, when: When) -> Sequence[Fault]:
    """A process may die anywhere: these are the places that differ for whoever comes after.

    What only asks changes nothing, and before a step all is as after the last one. Before a commit
    there is a transaction that nobody will end; all of them are taken back alike: some are tried.
    """
    if step.kind == "commit" and when == "before":
        return (KILLED,) if step.number % _OPEN_TRANSACTIONS == 0 else ()
    return (KILLED,) if step.kind in {"commit", "file"} and when == "after" else ()


def deaths_everywhere(_step: Step, _when: When) -> Sequence[Fault]:
    """The same at both sides of every step, whether that makes a difference or not."""
    return (KILLED,)


def failures(step: Step, when: When) -> Sequence[Fault]:
    """How what is depended on may fail there, in each way."""
    if "watcher.db" in step.name:
        return ()  # the locks beside a database fail with it
    faults = _FAILING.get((step.kind, when), ())
    # A scanner that opens the database in force and not the new one refuses that one for good.
    return faults[:1] if (step.kind, step.name) == ("scanner", "check") else faults


def failures_in_turn(step: Step, when: When) -> Sequence[Fault]:
    """One failure at each step, in one way after the other."""
    sides: tuple[When, When] = ("before", "after")
    ways = [(side, fault) for side in sides for fault in failures(step, side)]
    return [fault for side, fault in ways[step.number % (len(ways) or 1) :][:1] if side == when]


def database_failures_in_turn(step: Step, when: When) -> Sequence[Fault]:
    """The same of the database alone."""
    return failures_in_turn(step, when) if step.kind == "commit" else ()
