"""A configuration read back from a pass's snapshot: what figures depend on, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError

from watcher.config.model import Config
from watcher.domain.errors import StartError

# The keys that a document about the past depends on. The others say how watcher works: where its
# database is, whom it asks, which secrets it has.
RELEVANT: Final = (
    "stale_after",
    "streams",
    "renames",
    "owners",
    "tickets",
    "policy",
    "feeds",
    "acceptances",
)

Value = dict[str, Any]


def remembered(body: str) -> Config:
    """Read a snapshot's body; keys that this version does not know any more are left out.

    Raises StartError where a value means nothing to this version.
    """
    told = json.loads(body)
    values: Value = {key: told[key] for key in RELEVANT if key in told}
    # A tracker's name is checked against the trackers, which are none of what is read here.
    values["owners"] = [_without(owner, "tracker") for owner in values.get("owners", ())]
    while True:
        try:
            return Config.model_validate(values)
        except ValidationError as error:
            unknown = [one["loc"] for one in error.errors() if one["type"] == "extra_forbidden"]
            problem = str(error)
        if not unknown:
            raise StartError(f"the configuration of that pass cannot be read any more: {problem}")
        for place in unknown:
            _drop(values, place)


def fingerprint(config: Config) -> str:
    """The sha256 of what documents depend on in a configuration."""
    told = json.loads(config.snapshot().body)
    relevant = {key: told[key] for key in RELEVANT}
    return sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()


def _without(owner: Mapping[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in owner.items() if name != key}


def _drop(values: Any, place: tuple[int | str, ...]) -> None:  # noqa: ANN401 - JSON, of any shape
    """Remove what stands at a place."""
    for step in place[:-1]:
        values = values[step]
    del values[place[-1]]
