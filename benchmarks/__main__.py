"""Runs the benchmarks: `make bench`, or `python -m benchmarks --images 300`."""

from __future__ import annotations

import argparse
import sys

from benchmarks.matching import Size, run


def main() -> int:
    """Read the size of the fleet and measure; exits 1 where an image's findings differ."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--images", type=int, default=300, help="images in the fleet")
    parser.add_argument("--packages", type=int, default=120, help="packages of a base image")
    parser.add_argument("--workers", type=int, default=4, help="scans side by side")
    given = parser.parse_args()
    return run(Size(given.images, given.packages, given.workers))


if __name__ == "__main__":
    sys.exit(main())
