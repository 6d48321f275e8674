"""Puts aside a database as this release leaves it, once it said what every release said.

`python -m tests.integration.upgrades.recipe` writes `releases/<migration>.sql`. It uses only what
`tests/timelines` has had since the first release, so a copy of it serves in a checkout of any.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from tests.timelines.world import World, database, moment

HERE = Path(__file__).resolve().parent
HISTORY: dict[str, Any] = yaml.safe_load((HERE / "history.yaml").read_text(encoding="utf-8"))
# What every release said of the history when it had played it.
SAID: list[Any] = json.loads((HERE / "said.json").read_text(encoding="utf-8"))
MOMENTS = [moment(happened["at"]) for happened in HISTORY["passes"]]
# What an episode was said to be by every release; later ones say more.
_SAID = ("from", "to", "cause", "backfilled", "from_not_before", "to_not_before", "flap")


def told(world: World) -> list[Any]:
    """What is said of every window as of each pass."""
    return [
        sorted(
            [
                [window[name] for name in ("repository", "stream", "platform", "vulnerability")],
                [[episode[name] for name in _SAID] for episode in window["episodes"]],
            ]
            for window in world.exposures(at)["windows"]
        )
        for at in MOMENTS
    ]


def main() -> None:
    """Play the history and write what is left."""
    with tempfile.TemporaryDirectory() as folder:
        engine = database(Path(folder))
        world = World(HISTORY, engine)
        for happened in HISTORY["passes"]:
            world.play(happened)
        if told(world) != SAID:
            raise SystemExit("the history is not told as ever: the releases' databases stay")
        engine.dispose()
        with closing(sqlite3.connect(Path(folder) / "watcher.db")) as file:
            (revision,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
            dump = "\n".join(file.iterdump())
    (HERE / "releases" / f"{revision}.sql").write_text(f"{dump}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
