"""Every key is on the page and in the example, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from watcher.config import Secret, load
from watcher.config.keys import fields_of, known_keys
from watcher.config.model import Config
from watcher.config.moments import duration_text, parse_duration
from watcher.config.section import Section

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| (.+?) \| (?:(.+?) )?\| (.+) \|$", PAGE, flags=re.MULTILINE)
KEYS = dict(known_keys(Config))
EXAMPLE = ROOT / "config" / "example.yaml"


def test_every_key_is_documented_once_and_no_other() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(KEYS)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_the_documented_default_is_the_default(key: str) -> None:
    documented = next(row[2] for row in ROWS if row[0] == key)
    section = KEYS[key]
    name = key.rpartition(".")[2]
    field = fields_of(section)[name]
    if field.is_required():
        assert documented == "required"
    elif isinstance(field.default, Section):
        assert documented == ""
    else:
        defaults = section.model_construct().model_dump(mode="json", by_alias=True)
        said = canonical(yaml.safe_load(documented.strip("`")))
        assert said in (defaults[name], revealed(field.default))


def canonical(value: object) -> object:
    """A duration in the largest unit, as the configuration writes it: 24h is 1d."""
    durations = re.fullmatch(r"[0-9]+[smhdw]", value) if isinstance(value, str) else None
    return duration_text(parse_duration(value)) if durations else value


def revealed(default: object) -> str | None:
    return default.reveal() if isinstance(default, Secret) else None


def test_the_file_that_comes_with_watcher_loads_and_sets_registries_alone() -> None:
    config = load(ROOT / "config" / "watcher.yaml", {})
    assert config.model_copy(update={"registries": ()}) == config


def test_the_example_loads() -> None:
    assert load(EXAMPLE, {}).owner_of("local/shop/api#2") == "shop"


def test_the_example_shows_every_key(tmp_path: Path) -> None:
    whole = tmp_path / "whole.yaml"
    whole.write_text(re.sub(r"^#:", "", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    shown = set(keys_of(yaml.safe_load(whole.read_text("utf-8"))))
    # The other executor stands in a comment.
    assert KEYS.keys() - shown == {"executor.dask", "executor.dask.scheduler"}
    assert len(load(whole, {}).registries) == 5  # one of each kind


def keys_of(values: object, here: str = "") -> Iterator[str]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield f"{here}{key}"
            yield from keys_of(value, f"{here}{key}.")
    elif isinstance(values, list):
        for value in values:
            yield from keys_of(value, f"{here.removesuffix('.')}[].")
