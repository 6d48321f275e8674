"""The front matter of a ticket's file: read leniently, changed without touching the rest of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

import yaml

Value = str | tuple[str, ...]
FIRST_LINE: Final = 2  # in the file, behind the line of dashes
_STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")


class FrontMatterError(Exception):
    """The front matter cannot be read, or not be changed; says why and what to do."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The lines between the dashes, and the values of its keys, all as text.

    What watcher does not know, comments included, stays as a person wrote it.
    """

    text: str
    values: Mapping[str, Value]

    @classmethod
    def read(cls, text: str) -> FrontMatter:
        """Take the keys out of YAML; raises FrontMatterError where it is broken."""
        keys = _keys(text)
        return cls(text, {name: _value(node) for name, (_, node) in keys.items()})

    @classmethod
    def written(cls, values: Mapping[str, Value]) -> FrontMatter:
        """Write front matter from values alone."""
        return cls.read("".join(_line(name, value) for name, value in values.items()))

    def changed(self, values: Mapping[str, Value]) -> FrontMatter:
        """Set these keys and leave every other character; raises FrontMatterError if it cannot."""
        keys = _keys(self.text)
        text = self.text if self.text.endswith("\n") or not self.text else self.text + "\n"
        spans = sorted(
            ((name, *_span(*keys[name])) for name in values if name in keys),
            key=lambda span: -span[1],
        )
        for name, start, end in spans:
            line = _line(name, values[name])
            whole = text[start:end].endswith("\n")
            text = text[:start] + (line if whole else line[:-1]) + text[end:]
        text += "".join(_line(name, value) for name, value in values.items() if name not in keys)
        result = FrontMatter.read(text)
        if result.values != {**self.values, **values}:
            raise FrontMatterError("the front matter cannot be edited: write each key on a line")
        return result


def _keys(text: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Every key's node and its value's; raises FrontMatterError."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise FrontMatterError(_broken(error)) from None
    except (ValueError, OverflowError):
        raise FrontMatterError("the front matter holds an escape that is no character") from None
    except RecursionError:
        raise FrontMatterError("the front matter is nested too deeply") from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise FrontMatterError("the front matter holds no keys such as `state: open`")
    keys: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in root.value:
        name = str(key.value)
        if name in keys:
            line = key.start_mark.line + FIRST_LINE
            raise FrontMatterError(f"line {line} says {name[:50]!a} again: keep one of the two")
        keys[name] = (key, value)
    return keys


def _broken(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f"line {mark.line + FIRST_LINE}" if mark else "the front matter"
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    return f"{line} is not valid YAML ({reason}): correct it, or put the text in quotes"


def _value(node: yaml.Node) -> Value:
    """A text, a list of texts, or nothing for what is neither."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return tuple(str(one.value) for one in node.value if isinstance(one, yaml.ScalarNode))
    return ()


def _span(key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    return key.start_mark.index, value.end_mark.index


def _line(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"{name}: {_text(value)}\n"
    return f"{name}: [{', '.join(_text(one, flow=True) for one in value)}]\n"


def _text(value: str, *, flow: bool = False) -> str:
    """A scalar on one line: as it is where YAML reads it as that text, else in double quotes."""
    if _STAMP.fullmatch(value):
        return value
    plain = _dumped([value], flow=True)[1:-1] if flow else _dumped(value).removesuffix("...")
    plain = plain.strip()
    return _dumped(value, style='"') if "\n" in plain or "'" in plain[:1] else plain


def _dumped(value: object, *, style: str | None = None, flow: bool = False) -> str:
    shown = yaml.safe_dump(
        value, default_style=style, default_flow_style=flow, width=inf, allow_unicode=True
    )
    return shown.strip()
