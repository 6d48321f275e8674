"""Keys that an earlier release called otherwise: still read, with a line that says so.

A key that gets another name is listed here for as long as the old one is read; docs/operations.md
promises how long that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from watcher.config.document import Place
from watcher.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class RenamedKey:
    """A key that stands under `around`, such as `trivy` or `registries[]`; "" for the top.

    It is called `new` since one release; another one no longer reads the `old` name.
    """

    around: str
    old: str
    new: str
    since: str
    until: str

    @property
    def advice(self) -> str:
        """What to do about one that is met."""
        return (
            f"`{self.old}` is called `{self.new}` since {self.since}: rename it, "
            f"{self.until} will not read it any more"
        )


RENAMED: Final[Sequence[RenamedKey]] = ()

Met = tuple[Place, RenamedKey]


def under_new_names(
    values: Mapping[str, Any], renamed: Sequence[RenamedKey] = RENAMED
) -> tuple[dict[str, Any], list[Met]]:
    """The same values under the keys' new names, and where old ones were met.

    Raises UsageError where both names of a key are given.
    """
    found: list[Met] = []
    result: Any = values
    for one in renamed:
        steps = [step for step in one.around.replace("[]", ".[]").split(".") if step]
        result = _moved(result, steps, (), one, found)
    return dict(result), found


def _moved(value: Any, steps: Sequence[str], here: Place, one: RenamedKey, found: list[Met]) -> Any:  # noqa: ANN401 - whatever the file holds
    """A value with the key renamed where the steps lead; what has another shape stays as it is."""
    if not steps:
        return _renamed(value, here, one, found)
    step, rest = steps[0], steps[1:]
    if step == "[]" and isinstance(value, list):
        return [_moved(each, rest, (*here, n), one, found) for n, each in enumerate(value)]
    if isinstance(value, Mapping) and step in value:
        return {**value, step: _moved(value[step], rest, (*here, step), one, found)}
    return value


def _renamed(value: Any, here: Place, one: RenamedKey, found: list[Met]) -> Any:  # noqa: ANN401 - whatever the file holds
    if not isinstance(value, Mapping) or one.old not in value:
        return value
    if one.new in value:
        raise UsageError(f"{_path(here, one.old)}: {one.advice}; `{one.new}` is given as well")
    found.append(((*here, one.old), one))
    return {(one.new if key == one.old else key): entry for key, entry in value.items()}


def _path(here: Place, key: str) -> str:
    path = ""
    for step in (*here, key):
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path
