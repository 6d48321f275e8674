"""What goes to a worker and comes back: values packed up as bytes, which nobody on the way opens.

Dask shows and logs what it is given, and a worker that cannot read a message ends. So it is given
bytes and functions of Python's own, and learns of our code when the task is done: where that code
is missing or another one, the task fails and nothing else.
"""

from __future__ import annotations

import pickle
import platform
import traceback
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from watcher import __version__
from watcher.domain.errors import AttemptError, TransientError

_FAST: Final = 1  # zlib's level: ten thousand packages in a tenth of a second, to a twentieth
_LONGEST: Final = 300  # characters of what pickle complains of


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task gave: a value, or the error that it raised."""

    value: Any = None
    error: Exception | None = None

    def given(self) -> Any:  # noqa: ANN401
        """The value; raises the error where there is one."""
        if self.error is not None:
            raise self.error
        return self.value


def task(
    work: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]
) -> Callable[[], bytes]:
    """A call for a worker to make, which gives a packed answer; has nothing to show of itself.

    Raises what pickle raises for a function that has no name, or an argument that cannot travel.
    """
    content = pack((work, tuple(given), dict(named)))
    return partial(pickle.loads, pickle.dumps(_Performed(content)))


def perform(content: bytes) -> bytes:
    """Make a packed call and pack its answer: what runs on a worker."""
    try:
        work, given, named = unpack(content)
        answer = Answer(work(*given, **named))
    except AttemptError as error:
        answer = Answer(error=error)
    except Exception as error:  # noqa: BLE001 - a mistake of ours: shown where the pass is made
        error.add_note(f"on {platform.node()}:\n{traceback.format_exc()}")
        answer = Answer(error=error)
    try:
        return pack(answer)
    except Exception as error:  # noqa: BLE001 - an error may hold what cannot travel
        told = answer.error or error
        return pack(Answer(error=RuntimeError(f"{type(told).__name__}: {told}")))


def pack(value: object) -> bytes:
    """A value as bytes behind a line that says which watcher on which host packed it."""
    content = zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), _FAST)
    return f"{__version__} {platform.node()}\n".encode() + content


def unpack(packed: bytes) -> Any:  # noqa: ANN401
    """The value again; raises TransientError where another watcher packed it."""
    line, _, content = packed.partition(b"\n")
    version, _, host = line.decode().partition(" ")
    what = f"{platform.node()} with watcher {__version__} cannot read what {host}"
    advice = "install the same watcher there and here"
    if version != __version__:
        raise TransientError(f"{what} with watcher {version} sent: {advice}")
    try:
        # Whoever may speak to the cluster's scheduler runs code on its workers anyway.
        return pickle.loads(zlib.decompress(content))  # noqa: S301
    except Exception as error:  # noqa: BLE001 - constructors run, and raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST]
        raise TransientError(f"{what} sent ({reason}): {advice}") from None


@dataclass(frozen=True, slots=True)
class _Performed:
    """A pickle that is performed by reading it, and is not read before."""

    content: bytes

    def __reduce__(self) -> tuple[Callable[[bytes], bytes], tuple[bytes]]:
        return perform, (self.content,)
