"""The web over the ledger of years: how long pages and searches take, and what they weigh.

The web answers in this process, as it does in service; each address is asked again and again, and
what is told is the time below which nineteen of twenty answers stay (p95), in milliseconds.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.ledger.fill import fill
from benchmarks.ledger.measure import Asking
from benchmarks.ledger.years import Years
from benchmarks.scale import databases_of, print_sheets, say
from benchmarks.scale_copy import copy_record
from benchmarks.scale_sheet import Sheet
from benchmarks.web.asked import measure
from watcher.config import load


def run(streams: int) -> int:
    """Measure the web on both databases, and print."""
    sheets: dict[str, Sheet] = {}
    with databases_of("watcher-web-") as databases:
        file, server = databases.sqlite(), databases.postgresql()
        say(f"{streams:,} streams: two years of facts …")
        asking = Asking.of(databases.folder, str(file.url))
        told = fill(file, Years(streams), load(asking.config, {}).snapshot())
        copy_record(file, server)
        for engine in (file, server):
            name = f"{streams:,} streams, {told.episodes:,} episodes, {engine.dialect.name}"
            sheets[name] = _measured(engine)
            print_sheets({name: sheets[name]})
    print_sheets(sheets)
    return 0


def _measured(engine: Engine) -> Sheet:
    say(f"measuring {engine.dialect.name} …")
    url = engine.url.render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory(prefix="watcher-web-") as folder:
        return measure(Asking.of(Path(folder), url))
