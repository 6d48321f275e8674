"""A brute-force oracle of the ledger on an hour grid; it shares no code with what it judges.

Every hour from 0 to HORIZON is looked at in turn: which image does the stream show, what is known
of it, does any of its packages match? Hour h stands for the time from h to h + 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

HORIZON = 30

# Which reason counts where packages stop matching together for different ones.
WORST_FIRST = (
    "out_of_scope",
    "retired",
    "head_removed",
    "platform_gone",
    "vex_not_affected",
    "knowledge_withdrawn",
    "detection_change",
    "remediated",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The stream showed an image, as one catalogue lists it, over [since, until).

    `packages` is None while nothing is known of it. `left` is why it ends; an image that is
    catalogued anew ends, too, for `detection_change`.
    """

    since: int
    until: int | None
    packages: frozenset[str] | None
    left: str | None
    image: str = ""


@dataclass(frozen=True, slots=True)
class Believed:
    """A package matched over [since, until); `why` it did no longer."""

    since: int
    until: int | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """An author's word on packages over [since, until), made in some hour; an image, or all."""

    author: str
    status: str
    made: int
    since: int
    until: int | None
    packages: frozenset[str]
    image: str | None


@dataclass(frozen=True, slots=True)
class Exposed:
    """A stretch of hours of exposure; `until` None where it lasts beyond the grid."""

    since: int
    until: int | None
    why: str | None
    packages: frozenset[str]  # that matched in its last hour


def look(
    shown: Sequence[Shown],
    believed: Mapping[str, Sequence[Believed]],
    stated: Sequence[Stated] = (),
) -> list[Exposed]:
    """Go through the hours and write down every stretch of exposure."""
    found: list[Exposed] = []
    since: int | None = None
    before: frozenset[str] = frozenset()
    for hour, (image, packages) in enumerate(_images(shown)):
        now = _at(shown, hour)
        guessing = now is not None and now.packages is None
        matching = frozenset(
            one
            for one in packages
            if _holds(believed.get(one, ()), hour) and not _excused(stated, one, image, hour)
        )
        if matching and since is None and not guessing:
            since = hour
        elif not matching and since is not None:
            found.append(Exposed(since, hour, _why(shown, believed, before, hour), before))
            since = None
        before = matching
    if since is not None:
        found.append(Exposed(since, None, None, before))
    return found


def _images(shown: Sequence[Shown]) -> Iterator[tuple[str, frozenset[str]]]:
    """What counts in each hour: while nothing is known, image and packages of the hour before."""
    last: tuple[str, frozenset[str]] = ("", frozenset())
    for hour in range(HORIZON):
        now = _at(shown, hour)
        if now is None:
            last = ("", frozenset())
        elif now.packages is not None:
            last = (now.image, now.packages)
        yield last


def _excused(stated: Sequence[Stated], package: str, image: str, hour: int) -> bool:
    """Whether every author's last word on a package in an image is: not affected."""
    words: dict[str, tuple[int, bool]] = {}
    for one in stated:
        lasting = one.since <= hour and (one.until is None or hour < one.until)
        if not lasting or package not in one.packages or one.image not in {None, image}:
            continue
        made, fine = words.get(one.author, (one.made - 1, True))
        if one.made > made:
            words[one.author] = (one.made, one.status == "not_affected")
        elif one.made == made:
            words[one.author] = (made, fine and one.status == "not_affected")
    return bool(words) and all(fine for _, fine in words.values())


def _at(shown: Sequence[Shown], hour: int) -> Shown | None:
    for one in shown:
        if one.since <= hour and (one.until is None or hour < one.until):
            return one
    return None


def _holds(believed: Sequence[Believed], hour: int) -> bool:
    return any(one.since <= hour and (one.until is None or hour < one.until) for one in believed)


def _why(
    shown: Sequence[Shown],
    believed: Mapping[str, Sequence[Believed]],
    before: frozenset[str],
    hour: int,
) -> str:
    """Why nothing matches in an hour although packages matched in the one before."""
    last, now = _at(shown, hour - 1), _at(shown, hour)
    reasons: list[str] = []
    for package in before:
        still_there = now is not None and (now.packages is None or package in now.packages)
        if not still_there:
            left = last.left if last is not None and last.left else "unexplained"
            reasons.append("remediated" if left == "moved" else left)
        else:
            for one in believed[package]:
                if one.until == hour:
                    reasons.append(one.why or "unexplained")
                elif _holds([one], hour - 1):
                    reasons.append("vex_not_affected")  # it still matches, and does not count
    return min(reasons, key=WORST_FIRST.index)
