"""EPSS as FIRST publishes it: a comment with model and date, then CVE, score and percentile."""

from __future__ import annotations

import csv
import re
from typing import Final

from watcher.adapters.feeds.reading import MOST, bounded, cve, text_of, time_of
from watcher.ports.feeds import Scores

_DATED: Final = re.compile(r"#.*\bscore_date:([0-9T:+Z-]+)")
_COLUMNS: Final = ["cve", "epss", "percentile"]


def parse_epss(content: bytes) -> Scores:
    """Read a day of scores, plain or gzipped; raises ValueError where any line is otherwise."""
    text = text_of(content)
    first, _, rest = text.partition("\n")
    dated = _DATED.match(first)
    if dated is None:
        raise ValueError("its first line does not name a score_date, so it is no EPSS file")
    if not text.endswith("\n"):
        raise ValueError("its last line is cut")
    rows = csv.reader(rest.splitlines())
    if [name.strip() for name in next(rows, [])] != _COLUMNS:
        raise ValueError(f"its columns are not {', '.join(_COLUMNS)}")
    scores: dict[str, tuple[float, float]] = {}
    for row in rows:
        if len(row) != len(_COLUMNS) or len(scores) > MOST:
            raise ValueError(f"line {rows.line_num + 1} is not of three columns, or one too many")
        scores[cve(row[0])] = (_share(row[1]), _share(row[2]))
    bounded(len(scores))
    return Scores(time_of(_zoned(dated[1])), scores)


def _zoned(told: str) -> str:
    """The zone as Python reads it: +0000 has a colon in older versions of the format."""
    return re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", told) if "T" in told else told


def _share(told: str) -> float:
    try:
        share = float(told)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"{told[:40]!r} is no share between 0 and 1")
    return share
