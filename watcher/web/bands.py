"""The images of a stream as bands of its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from watcher.ports.store.browsing import PointedTo
from watcher.report.times import stamp
from watcher.web.axis import Axis
from watcher.web.labels import label

_WIDE: Final = 640  # pixels that the chart has at least on a wide screen
_NARROW: Final = 340  # and on a phone
_LETTER: Final = 7.5  # pixels of a letter
_PADDING: Final = 10
Room = Literal["any", "wide", "none"]


@dataclass(frozen=True, slots=True)
class Band:
    """An image that the stream pointed to; `known` is False where nobody has looked inside.

    `room` says whether there is room for its label: anywhere, on a wide screen alone, or nowhere.
    """

    x: str
    width: str
    room: Room
    label: str
    base: str | None
    base_created: str | None
    image: str | None
    since: str
    current: bool
    known: bool


def bands_on(axis: Axis, stream: str, pointed: Sequence[PointedTo]) -> Iterator[Band]:
    """What the stream pointed to in the time that the axis shows."""
    for one in pointed:
        if axis.shows(one.start, one.end):
            end = one.end or axis.end
            yield Band(
                x=axis.at(one.start),
                width=axis.wide(one.start, end),
                room=_room(label(one, stream), axis.share(end) - axis.share(one.start)),
                label=label(one, stream),
                base=one.base.name if one.base else None,
                base_created=stamp(one.base.created) if one.base else None,
                image=one.image,
                since=stamp(one.start),
                current=one.end is None,
                known=one.catalogued,
            )


def _room(text: str, share: float) -> Room:
    """Where a text fits into a share of the width, in percent."""
    needed = 100 * (len(text) * _LETTER + _PADDING)
    return "any" if needed < share * _NARROW else "wide" if needed < share * _WIDE else "none"
