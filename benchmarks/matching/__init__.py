"""After a new database: the fleet matched by watcher, beside Trivy's own ways to do it again."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.matching import ours, theirs
from benchmarks.matching.table import Row, print_row, print_table
from benchmarks.matching.town import Size, built

__all__ = ["Size", "run"]


def run(sizes: Sequence[Size]) -> int:
    """Measure each size and print the table; 1 where an image's derived findings differ."""
    rows = []
    for size in sizes:
        rows.append(_measured(size))
        print_row(rows[-1])
    print_table(rows)
    return 1 if any(row.different for row in rows) else 0


def _measured(size: Size) -> Row:
    with tempfile.TemporaryDirectory(prefix="watcher-bench-") as name:
        _say(f"pushing {size.images} images on 12 bases in 8 systems …")
        with built(Path(name), size) as town:
            town.publish(0)
            _say("first pass: listing, every catalogue, match, fold …")
            first = ours.sync(town, 1)
            analysed = sum(town.pulled().values())
            town.publish(2)
            _say("listing beside it (sync --only inventory) …")
            listing = ours.sync(town, 2.5, "inventory")
            before = town.pulled()
            _say("watcher: sync --only knowledge match exposure …")
            matched = ours.sync(town, 3, "knowledge", "match", "exposure")
            pulled = sum((town.pulled() - before).values())
            _say(f"trivy image in three ways, {size.scanned} images …")
            ways = theirs.scans(town)
            fastest = min(ways.values(), key=lambda way: way.seconds)
            derived = ours.derived(town, fastest.found)
            different = [name for name, found in fastest.found.items() if derived[name] != found]
            _say("single images: a first catalogue beside plain trivy image …")
            return Row(
                size=size,
                contexts=ours.contexts(town),
                first=first,
                listing=listing,
                matched=matched,
                analysed=analysed,
                layers=len(town.layers),
                pulled=pulled + matched.count("bytes_pulled"),
                ways={name: way.seconds for name, way in ways.items()},
                findings=sum(map(len, fastest.found.values())),
                different=tuple(different),
                catalogue=theirs.first_catalogue(town),
            )


def _say(line: str) -> None:
    print(line, flush=True)
