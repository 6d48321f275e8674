"""The keys that the configuration knows, as its models declare them."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from watcher.config.section import Section


def known_keys(section: type[Section], here: str = "") -> Iterator[tuple[str, type[Section]]]:
    """Every key below a section as a path such as `registries[].url`, with the section it is in.

    A path comes once for each section that has it.
    """
    for key, field in fields_of(section).items():
        path = f"{here}{key}"
        yield path, section
        for is_list, inner in _sections(field.annotation):
            yield from known_keys(inner, f"{path}[]." if is_list else f"{path}.")


def fields_of(section: type[Section]) -> dict[str, FieldInfo]:
    """The fields of a section by the key that the file gives them."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def siblings(section: type[Section], where: Sequence[str | int]) -> set[str]:
    """The keys that are known beside the last one of a place as pydantic names it.

    An entry with a kind is followed by that kind in the place, which then chooses the section.
    """
    sections = [section]
    for step in where[:-1]:
        if isinstance(step, str):
            sections = list(_below(sections, step))
    return {key for one in sections for key in fields_of(one)}


def _below(sections: Iterable[type[Section]], step: str) -> Iterator[type[Section]]:
    for one in sections:
        fields = fields_of(one)
        kind = one.model_fields.get("kind")
        if step in fields:
            yield from (inner for _, inner in _sections(fields[step].annotation))
        elif (kind is not None and step in get_args(kind.annotation)) or step == one.__name__:
            yield one


def _sections(annotation: object) -> Iterator[tuple[bool, type[Section]]]:
    """The sections that an annotation admits, and whether as entries of a list."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield False, annotation
    elif get_origin(annotation) is Annotated:
        yield from _sections(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, types.UnionType}:
        for member in get_args(annotation):
            yield from _sections(member)
    elif get_origin(annotation) is tuple:
        yield from ((True, inner) for _, inner in _sections(get_args(annotation)[0]))
