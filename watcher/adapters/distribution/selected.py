"""What a selection holds of what is there: patterns that match nothing, and what was meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from watcher.domain.errors import PermanentError
from watcher.domain.pattern import Pattern, Selection

_NAMED = 3  # repositories, where none is near


@dataclass(frozen=True, slots=True)
class Shown:
    """What a registry showed us, whether selected or not; `absent` are paths it does not have.

    `nothing` says why it may have shown nothing, and what to do.
    """

    paths: Collection[str] = ()
    absent: Collection[str] = ()
    nothing: str = "no repository is shown to us"


def doubts_of(name: str, selection: Selection, shown: Shown) -> tuple[str, ...]:
    """Say of each pattern that holds nothing why, and what to write; `name` is the registry's."""
    if not selection.include:
        return ("nothing is watched: include is empty; name repositories, or remove the key",)
    return tuple(_doubts(name, selection, shown))


def _doubts(name: str, selection: Selection, shown: Shown) -> Iterator[str]:
    for pattern in selection.include:
        if pattern.literal and pattern.text not in shown.absent:
            if not selection.holds(pattern.text):
                yield f"{pattern.text} is included and excluded: remove one of the two"
            continue
        matched = [path for path in shown.paths if pattern.matches(path)]
        if pattern.literal:
            yield (
                f"{pattern.text} is not there, not yet or by mistake{_meant(name, pattern, shown)}"
            )
        elif not matched:
            yield f"{pattern.text} matches nothing{_meant(name, pattern, shown)}"
        elif not any(map(selection.holds, matched)):
            yield f"all that {pattern.text} matches is excluded"


def _meant(name: str, pattern: Pattern, shown: Shown) -> str:
    """Continue with what was meant, else with what there is."""
    rest = _without_registry(name, pattern)
    if rest:
        return f": leave out the registry's name and write {rest}"
    near = _near(pattern, shown.paths)
    if near:
        return f"; did you mean {near}?"
    if not shown.paths:
        return "" if pattern.literal else f": {shown.nothing}"
    named = ", ".join(sorted(shown.paths)[:_NAMED])
    more = len(shown.paths) - _NAMED
    return f"; there are {named}{f' and {more} more' if more > 0 else ''}"


def _without_registry(name: str, pattern: Pattern) -> str:
    """What stands after the registry's own name, where a pattern begins with it; else nothing."""
    first, _, rest = pattern.text.partition("/")
    return rest if first == name else ""


def hinted(error: PermanentError, name: str, selection: Selection, begins: str) -> PermanentError:
    """The error, and what was meant where a pattern begins with the registry's own name.

    `begins` is what paths begin with there: a project, a namespace.
    """
    rest = next(filter(None, (_without_registry(name, one) for one in selection.include)), "")
    if not rest:
        return error
    return type(error)(
        f"{error}; paths begin with a {begins}: where {name} is none, leave out the registry's name"
        f" and write {rest}"
    )


def _near(pattern: Pattern, paths: Collection[str]) -> str:
    first, slash, rest = pattern.text.partition("/")
    heads = {path.partition("/")[0] for path in paths if "/" in path}
    if not slash and "**" not in first and (not paths or any(map(Pattern(first).matches, heads))):
        return f"{first}/**"  # a single wildcard spans no slash
    if pattern.literal:
        return "".join(difflib.get_close_matches(pattern.text, paths, n=1))
    if not slash or not Pattern(first).literal or first in heads:
        return ""
    found = difflib.get_close_matches(first, heads, n=1)
    return f"{found[0]}/{rest}" if found else ""
