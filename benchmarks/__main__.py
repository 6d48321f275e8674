"""Runs the benchmarks: `make bench`, or one of them: `python -m benchmarks scale --images 1000`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import cluster, listing, matching, scale

NAMES = ("matching", "listing", "cluster", "scale")
MATCHED, RECORDED = 300, 10_000  # images, where the command does not say


def main() -> int:
    """Read what is to be measured; exits 1 where an image's findings differ."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=[*NAMES], metavar="name", help="|".join(NAMES))
    parser.add_argument("--images", type=int, help="images in the fleet")
    parser.add_argument("--times", type=int, default=1, help="scale: and the record so many times")
    parser.add_argument("--packages", type=int, default=120, help="packages of a base image")
    parser.add_argument("--workers", type=int, default=4, help="scans side by side")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}: there are {', '.join(NAMES)}")
    size = matching.Size(given.images or MATCHED, given.packages, given.workers)
    runs: dict[str, Callable[[], int]] = {
        "matching": lambda: matching.run(size),
        "listing": listing.run,
        "cluster": cluster.run,
        "scale": lambda: scale.run(given.images or RECORDED, given.times),
    }
    return max(runs[name]() for name in NAMES if name in given.names)


if __name__ == "__main__":
    sys.exit(main())
