"""What is wrong with a configuration: a line each, saying where, what and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from watcher.config.document import Place
from watcher.config.keys import siblings
from watcher.config.model import Config
from watcher.config.near import nearest, printable
from watcher.config.section import Section

# The kinds of value, as pydantic names their errors.
_WANTED: Final = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping, such as {key: value}",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "invalid_key": "must be text: put the key in quotes",
    "mapping_type": "must be a mapping, such as {key: value}",
    "model_attributes_type": "must be a mapping, such as {key: value}",
    "model_type": "must be a mapping, such as {key: value}",
    "none_required": "has no settings yet: leave it null",
    "string_pattern_mismatch": "must be owner/name, such as acme/shop",
    "string_type": "must be text: put it in quotes",
    "string_unicode": "holds a broken character: write it anew",
    "too_short": "must name at least one",
    "tuple_type": "must be a list, such as [a, b]",
}
_BOUNDS: Final = {
    "greater_than": ("must be more than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than_equal": ("must be at most", "le"),
}


def problem_lines(
    error: ValidationError,
    values: Mapping[str, Any],
    place: Callable[[Place], str],
    section: type[Section] = Config,
) -> list[str]:
    """Say every problem in a line of its own; `place` names where a key was given."""
    return list(dict.fromkeys(map(printable, _lines(error, values, place, section))))


def key_path(where: Place) -> str:
    """Write a place as people do: `registries[0].url`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return path.removeprefix(".")


def _lines(
    error: ValidationError,
    values: Mapping[str, Any],
    place: Callable[[Place], str],
    section: type[Section],
) -> Iterator[str]:
    details = error.errors(include_url=False)
    places = {detail["loc"][:-1] for detail in details}
    for detail in details:
        if detail["type"] == "too_short" and detail["loc"] in places:
            continue  # its entries are there, and wrong
        where, message = _where(values, detail), _message(detail, section)
        if where:
            yield f"{place(where)}: {key_path(where)}: {message}"
        else:
            # What concerns several keys names them itself.
            yield from (f"{place(())}: {line}" for line in message.splitlines())


def _where(values: Mapping[str, Any], detail: ErrorDetails) -> Place:
    """Leave out of pydantic's location what is no key: the kinds it chose between."""
    where: list[str | int] = []
    value: Any = values
    for step in detail["loc"]:
        within = isinstance(value, Mapping) and step in value
        if within or (isinstance(value, list) and isinstance(step, int)):
            value = value[step]
            where.append(step)
    if detail["type"] == "missing":
        where.append(detail["loc"][-1])
    return (*where, "kind") if detail["type"] in _KINDS else tuple(where)


def _message(detail: ErrorDetails, section: type[Section]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if detail["input"] is None:
        return "is empty: give it a value, or remove the key"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"{words} {context[bound]:g}"
    if kind == "extra_forbidden":
        known = siblings(section, detail["loc"])
        return f"unknown key{nearest(str(detail['loc'][-1]), known)}"
    if kind in _SAID:
        return _SAID[kind](detail, context)
    return _WANTED.get(kind, detail["msg"])


def _unknown_choice(detail: ErrorDetails, context: Mapping[str, Any]) -> str:
    choices = re.findall(r"'([^']*)'", context["expected"])
    given = detail["input"]
    near = nearest(given, choices) if isinstance(given, str) else ""
    return f"must be one of {', '.join(choices)}{near if 'mean' in near else ''}"


def _unknown_kind(_: ErrorDetails, context: Mapping[str, Any]) -> str:
    choices = re.findall(r"'([^']*)'", context["expected_tags"])
    return f"unknown kind {context['tag']!r}{nearest(str(context['tag']), choices)}"


_SAID: Final[Mapping[str, Callable[[ErrorDetails, Mapping[str, Any]], str]]] = {
    "literal_error": _unknown_choice,
    "missing": lambda *_: "is missing: add it",
    "union_tag_invalid": _unknown_kind,
    "union_tag_not_found": lambda *_: "is missing: add it, such as kind: oci",
    "value_error": lambda _, context: str(context["error"]),
}
_KINDS: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})
