"""The environment: `WATCHER_DATABASE__URL=…` stands above the file."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError
from pydantic_settings.sources.utils import parse_env_vars

from watcher.config.document import Place
from watcher.config.model import Config
from watcher.config.renamed import RENAMED, RenamedKey
from watcher.domain.errors import UsageError

PREFIX: Final = "WATCHER_"
DELIMITER: Final = "__"
# Names the file, and is no key of it.
FILE: Final = "WATCHER_CONFIG"


class _Layered(BaseSettings, Config):
    """The keys of the configuration as pydantic-settings looks for them; never instantiated."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, env_parse_none_str="null"
    )


class _Given(EnvSettingsSource):
    """Reads the environment it is given instead of the program's own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        super().__init__(_Layered)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return parse_env_vars(
            self._environment, self.case_sensitive, self.env_ignore_empty, self.env_parse_none_str
        )


def read_environment(
    environment: Mapping[str, str], renamed: Sequence[RenamedKey] = RENAMED
) -> dict[str, Any]:
    """The keys that the environment sets, as nested values; raises UsageError.

    A list or mapping is given whole, as JSON.
    """
    ours = {name: text for name, text in environment.items() if name.upper().startswith(PREFIX)}
    old = {one.old for one in renamed if not one.around}
    _refuse_unknown(ours, old)
    found: dict[str, Any] = {}
    problems = []
    for name, text in ours.items():
        try:
            found = merged(found, _read(name, text, old))
        except SettingsError:
            problems.append(f"{name}: must be JSON, such as [] or {{}}")
    if problems:
        raise UsageError("\n".join(problems))
    return found


def _read(name: str, text: str, old: Collection[str]) -> dict[str, Any]:
    """What one variable sets; a key by its old name is a text or JSON, as its new name takes it."""
    key = name[len(PREFIX) :].lower()
    if key not in old:
        return _Given({name: text})()
    try:
        return {key: json.loads(text)}
    except ValueError:
        return {key: text}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one layer over another: mappings are merged, everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        result[key] = merged(under, value) if both else value  # type: ignore[arg-type]
    return result


def variable(environment: Mapping[str, str], where: Place) -> str | None:
    """Name the variable that set a key, what is around it or inside it; None where the file did."""
    steps = [
        str(step).upper() for step in itertools.takewhile(lambda it: isinstance(it, str), where)
    ]
    ours = {name.upper(): name for name in environment}
    around = (PREFIX + DELIMITER.join(steps[:length]) for length in range(len(steps), 0, -1))
    found = next((ours[name] for name in around if name in ours), None)
    if found or not where or len(steps) < len(where):
        return found
    inside = PREFIX + DELIMITER.join(steps) + DELIMITER
    return next((name for upper, name in ours.items() if upper.startswith(inside)), None)


def _refuse_unknown(names: Mapping[str, str], old: Collection[str]) -> None:
    """Raise UsageError for a variable that seems to mean a key and names none.

    Others may use the prefix too: Kubernetes sets WATCHER_PORT for a service called watcher.
    """
    problems = []
    for name in names:
        key, nested, _ = name[len(PREFIX) :].lower().partition(DELIMITER)
        if name == FILE or key in Config.model_fields or key in old:
            continue
        near = difflib.get_close_matches(key, Config.model_fields, n=1, cutoff=0.75)
        advice = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
        if nested or near:
            problems.append(f"{name}: names no key of the configuration{advice}")
    if problems:
        raise UsageError("\n".join(problems))
