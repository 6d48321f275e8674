"""Runs the benchmarks: `make bench`, or a smaller one: `… matching --images 300`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import bumps, cluster, hooks, ledger, listing, matching, scale, soak, web

NAMES = ("matching", "listing", "cluster", "scale", "ledger", "web", "bumps", "soak", "hooks")
RECORDED = 10_000  # images, where the command does not say
SOAKED = 1_000  # images, where the command does not say
EXPOSED = 10_000  # streams, where the command does not say
# What has to be reached: images and distinct packages. Trivy's side of the large ones is
# extrapolated from so many images.
MATCHED = ((2_000, 2_500), (10_000, 2_500), (10_000, 30_000))
SCANNED = {2_000: 2_000, 10_000: 500}


def main() -> int:
    """Read what is to be measured; exits 1 where an image's findings differ."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=[*NAMES], metavar="name", help="|".join(NAMES))
    parser.add_argument("--images", type=int, help="images in the fleet")
    parser.add_argument("--streams", type=int, help="ledger, web: streams in the whole fleet")
    parser.add_argument("--passes", type=int, default=500, help="soak: passes, over 1,000 images")
    parser.add_argument("--rate", type=int, default=200, help="hooks: so many a second")
    parser.add_argument("--seconds", type=int, default=60, help="hooks: for so long")
    parser.add_argument("--times", type=int, default=1, help="scale: and the record so many times")
    parser.add_argument("--packages", type=int, default=110, help="packages of a base image")
    parser.add_argument("--distinct", type=int, default=2_500, help="distinct packages, about")
    parser.add_argument("--scanned", type=int, help="images that Trivy's own ways are measured on")
    parser.add_argument("--workers", type=int, default=4, help="scans side by side")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}: there are {', '.join(NAMES)}")
    asked = [(given.images, given.distinct)] if given.images else MATCHED
    sizes = [
        matching.Size(
            images,
            distinct,
            given.packages,
            given.workers,
            min(images, given.scanned or SCANNED.get(images, images)),
        )
        for images, distinct in asked
    ]
    runs: dict[str, Callable[[], int]] = {
        "matching": lambda: matching.run(sizes),
        "listing": listing.run,
        "cluster": cluster.run,
        "scale": lambda: scale.run(given.images or RECORDED, given.times),
        "bumps": lambda: bumps.run(given.images or bumps.IMAGES),
        "ledger": lambda: ledger.run(given.streams or EXPOSED),
        "web": lambda: web.run(given.streams or EXPOSED),
        "soak": lambda: soak.run(given.passes, given.images or SOAKED),
        "hooks": lambda: hooks.run(given.rate, given.seconds),
    }
    return max(runs[name]() for name in NAMES if name in given.names)


if __name__ == "__main__":
    sys.exit(main())
