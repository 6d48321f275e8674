"""The file: YAML read into plain values, each key with the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from watcher.config.near import printable
from watcher.domain.errors import UsageError

Place = tuple[str | int, ...]

_LARGEST: Final = 1024 * 1024
_MOST_KEYS: Final = 10_000
_ADVICE: Final = "write one (docs/configuration.md tells how), or name another with --config"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and on which line each key of it stands."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[Place, int]

    def place(self, where: Place) -> str:
        """Name the line of a key, or of the nearest key around it."""
        around = (where[:length] for length in range(len(where), 0, -1))
        line = next((self.lines[one] for one in around if one in self.lines), None)
        return f"{self.path}:{line}" if line else str(self.path)


def read_document(path: Path) -> Document:
    """Read a YAML file; raises UsageError where it is missing, no YAML or no mapping."""
    values, lines = _loaded(path, _text(path))
    if values is None:
        return Document(path, {}, {})
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise UsageError(f"{path}: must be a mapping of keys such as `registries:`")
    return Document(path, values, lines)


def read_list(path: Path, key: str) -> Document:
    """Read a YAML file that is one list, as if it stood under a key; raises UsageError."""
    values, lines = _loaded(path, _text(path))
    if not isinstance(values, list | None):
        raise UsageError(f"{path}: must be a list of entries, each beginning with `- `")
    return Document(path, {key: values or []}, {(key, *where): n for where, n in lines.items()})


def _loaded(path: Path, text: str) -> tuple[Any, dict[Place, int]]:
    """Values of a file's text, and the line of each key and entry."""
    lines: dict[Place, int] = {}
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        # Before values are made of the nodes, which merges `<<` into them.
        _number(path, root, (), lines)
        values = None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        raise UsageError(_broken(path, error)) from None
    except ValueError as error:
        # A number or date that the grammar allows and Python does not.
        raise UsageError(f"{path}: is not valid YAML ({error}): put the text in quotes") from None
    except RecursionError:
        raise UsageError(f"{path}: is nested too deeply: write it flatter") from None
    return values, lines


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no configuration at {path}: {_ADVICE}") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"the configuration {path} cannot be read ({reason}): {_ADVICE}") from None
    if len(content) > _LARGEST:
        raise UsageError(f"{path}: is larger than {_LARGEST} bytes: no configuration is")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text: save it as UTF-8") from None


def _broken(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = f":{mark.line + 1}" if mark else ""
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    return f"{path}{line}: is not valid YAML ({reason}): correct it, or put the text in quotes"


def _number(path: Path, node: yaml.Node | None, here: Place, lines: dict[Place, int]) -> None:
    """Note the line of every key and list entry; raises UsageError where a key stands twice."""
    if len(lines) > _MOST_KEYS:
        raise UsageError(f"{path}: has more than {_MOST_KEYS} keys and entries: write less")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            there = (*here, name)
            line = key.start_mark.line + 1
            if there in lines:
                raise UsageError(
                    f"{path}:{line}: key {printable(name)} stands here and on line {lines[there]}: "
                    "keep one of them"
                )
            lines[there] = line
            _number(path, value, there, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            there = (*here, index)
            lines[there] = value.start_mark.line + 1
            _number(path, value, there, lines)
