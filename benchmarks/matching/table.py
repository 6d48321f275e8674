"""The figures of the rows, side by side, each with what it must reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.matching.ours import Pass
from benchmarks.matching.town import Size


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one size."""

    size: Size
    contexts: int
    first: Pass
    listing: Pass
    matched: Pass
    analysed: int
    layers: int
    pulled: int
    ways: dict[str, float]
    findings: int
    different: tuple[str, ...]
    catalogue: float

    @property
    def times(self) -> float:
        """By how much the scanned images are fewer than all."""
        return self.size.images / self.size.scanned

    @property
    def fastest(self) -> str:
        """Trivy's fastest way."""
        return min(self.ways, key=lambda way: self.ways[way])

    @property
    def ratio(self) -> float:
        """How many times as long Trivy's fastest way takes."""
        return self.ways[self.fastest] * self.times / self.matched.seconds

    @property
    def memory(self) -> float:
        """The peak of all passes in megabytes."""
        return max(one.megabytes for one in (self.first, self.listing, self.matched))


_FIGURES: Final[Sequence[tuple[str, Callable[[Row], str]]]] = (
    ("images", lambda row: f"{row.size.images}"),
    ("distinct packages", lambda row: f"{row.first.count('packages_distinct')}"),
    ("contexts", lambda row: f"{row.contexts}"),
    ("watcher after a new database, s", lambda row: f"{row.matched.seconds:.1f}"),
    ("  the listing beside it, s", lambda row: f"{row.listing.seconds:.1f}"),
    ("  while some Trivy ran, s", lambda row: f"{row.matched.trivy:.1f}"),
    (
        "  outside Trivy, s (reach: at most the line above)",
        lambda row: f"{row.matched.outside:.1f}",
    ),
    ("trivy image, layers cold, s", lambda row: _theirs(row, "layers cold")),
    ("trivy image, layers cached, s", lambda row: _theirs(row, "layers cached")),
    ("trivy image --server, s", lambda row: _theirs(row, "trivy image --server")),
    ("ratio against its fastest", lambda row: f"{row.ratio:.1f} x"),
    (
        "images compared, and different (reach: 0)",
        lambda row: f"{row.size.scanned}, {len(row.different)}",
    ),
    ("direct images, counted apart", lambda row: f"{row.first.count('direct')}"),
    ("memory, MB (reach at 10,000 images: 600)", lambda row: f"{row.memory:.0f}"),
    ("first catalogue / trivy image (reach: 1.15)", lambda row: f"{row.catalogue:.2f}"),
    ("layers analysed / distinct (reach: 1.1)", lambda row: f"{row.analysed / row.layers:.3f}"),
    ("bytes pulled after a new database (reach: 0)", lambda row: f"{row.pulled}"),
)


def print_row(row: Row) -> None:
    """Print what was measured of one size, as soon as it is."""
    print(f"\nfirst pass {row.first.seconds:.1f} s, seconds {row.first.document['seconds']}")
    print(f"after a new database: seconds {row.matched.document['seconds']}")
    for name, told in _FIGURES:
        print(f"{name:<52}{told(row):>24}", flush=True)
    if row.different:
        print(f"different: {' '.join(row.different[:5])}", flush=True)


def print_table(rows: Sequence[Row]) -> None:
    """Print all rows side by side; reach of the ratio: 25 x, 100 x at 10,000 images, 40 x."""
    if len(rows) > 1:
        print("\nside by side")
        for name, told in _FIGURES:
            print(f"{name:<52}" + "".join(f"{told(row):>24}" for row in rows))
    if any(row.times > 1 for row in rows):
        print("~ extrapolated: Trivy's side was measured on fewer images than there are")


def _theirs(row: Row, way: str) -> str:
    seconds = f"{row.ways[way] * row.times:.1f}"
    return f"~{seconds} (from {row.size.scanned})" if row.times > 1 else seconds
