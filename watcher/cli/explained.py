"""An explanation as lines for people: each part, and indented below it what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from watcher.cli.text import plain, shortened

Told = Mapping[str, Any]

_HOW = {
    "sum": "the sum of",
    "quotient": "the quotient of",
    "estimate": "an estimate from",
    "interval": "drawn again and again from clusters of",
    "given": "given:",
}
_AMOUNTS = ("counts", "among")
_NESTED = ("heads", "episodes", "watched")


def lines(told: Told) -> Iterator[str]:
    """Write an explanation line by line."""
    for depth, text in _explained(told):
        yield f"{'  ' * depth}{shortened(plain(text))}\n"


def _explained(told: Told) -> Iterator[tuple[int, str]]:
    value = told["value"] if told["value"] is not None else f"unknown: {told['reason']}"
    yield 0, f"{told['figure']} = {value}"
    yield 0, f"{_HOW[told['how']]} {told['says']}"
    yield 0, f"from {told['since']} to {told['as_of']}, read up to pass {told['read_upto_pass']}"
    if told["how"] == "given":
        return
    among = told["sum"]["among"]
    divided = f" / {among:g}" if among is not None else ""
    shown = f"{len(told['parts'])} of {told['parts_in_all']} parts shown"
    yield 0, f"{told['sum']['counts']:g}{divided}; {shown}"
    for part in told["parts"]:
        yield from _part(part)


def _part(part: Told) -> Iterator[tuple[int, str]]:
    among = f" of {part['among']:g}" if part["among"] is not None else ""
    own = {key: one for key, one in part.items() if key not in (*_AMOUNTS, *_NESTED)}
    yield 0, f"+ {part['counts']:g}{among}: {_pairs(own)}"
    if part.get("watched"):
        yield 2, f"watched: {_pairs(part['watched'])}"
    for head in part.get("heads", ()):
        yield 2, f"head: {_pairs(head)}"
    for episode in part.get("episodes", ()):
        yield from _episode(episode)


def _episode(episode: Told) -> Iterator[tuple[int, str]]:
    yield 2, f"episode: {_pairs(_flat(episode))}"
    for binding in episode["bindings"]:
        yield 3, f"binding: {_pairs(_flat(binding))}{_passes(binding)}"
        for tag in binding["tags"]:
            yield 4, f"tag: {_pairs(_flat(tag))}{_passes(tag)}"
    for match in episode["matches"]:
        yield 3, f"match: {_pairs(_flat(match))}{_passes(match)}"
        for name in ("last_lacked_by", "first_found_by", "ended_by"):
            if match[name] is not None:
                yield 4, f"{name.replace('_', ' ')}: {_pairs(match[name])}"
    for catalogue in episode["catalogues"]:
        yield 3, f"catalogue: {_pairs(_flat(catalogue))}{_passes(catalogue)}"


def _flat(told: Told) -> Told:
    return {key: one for key, one in told.items() if not isinstance(one, Mapping | list)}


def _pairs(told: Told) -> str:
    """What is known of something, name by name; what is not known is left out."""
    return ", ".join(
        f"{key.replace('_', ' ')} {_word(one)}" for key, one in told.items() if one is not None
    )


def _word(one: object) -> str:
    if isinstance(one, bool):
        return "yes" if one else "no"
    if isinstance(one, Iterable) and not isinstance(one, str):
        return " ".join(map(str, one))
    return str(one)


def _passes(told: Told) -> str:
    recorded, ended = told["recorded"], told.get("end_recorded")
    by = f" (recorded by pass {recorded['pass']} at {recorded['at']}"
    return f"{by}, its end by pass {ended['pass']})" if ended else f"{by})"
