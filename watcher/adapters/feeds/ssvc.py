"""SSVC's decision points: CVE records with CISA's container as in Vulnrichment, or a plain CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from watcher.adapters.feeds.reading import bounded, cve, json_of, text_of, time_of
from watcher.ports.feeds import Point, Points

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "exploitation": {"none": "none", "poc": "poc", "public poc": "poc", "active": "active"},
    "automatable": {"yes": "yes", "no": "no"},
    "technical_impact": {"partial": "partial", "total": "total"},
}


def parse_ssvc(content: bytes) -> Points:
    """Read CVE records (a JSON list, one record, or one on each line) or a CSV.

    The CSV has the columns cve, exploitation, automatable, technical_impact and, if it likes, date.
    Records without SSVC are passed over. Raises ValueError for anything else.
    """
    text = text_of(content)
    found = list(_rows(text) if text[:3].lower() == "cve" else _records(text))
    bounded(len(found))
    times = [time for _, time in found if time is not None]
    return Points(max(times, default=None), [*{one.name: one for one, _ in found}.values()])


def _rows(text: str) -> Iterator[tuple[Point, datetime | None]]:
    rows = csv.DictReader(text.splitlines())
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    lacking = ({"cve"} | _WORDS.keys()) - columns.keys()
    if lacking:
        raise ValueError(f"its columns lack {', '.join(sorted(lacking))}")
    for row in rows:
        if None in row or None in row.values():
            raise ValueError(f"line {rows.line_num} has more or fewer columns than the first")
        told = {name: row[column] for name, column in columns.items()}
        date = told.get("date")
        yield _point(told["cve"], told), time_of(date) if date else None


def _records(text: str) -> Iterator[tuple[Point, datetime | None]]:
    begin = text.lstrip()[:1]
    if begin == "[":
        told = json_of(text)
    elif begin == "{":
        lines = [line for line in text.splitlines() if line.strip()]
        one_each = len(lines) > 1 and lines[0].rstrip().endswith("}")
        told = [json_of(line) for line in lines] if one_each else [json_of(text)]
    else:
        raise ValueError("it is neither JSON nor a CSV whose first column is cve")
    for record in told:
        yield from _of_record(record)


def _of_record(record: Any) -> Iterator[tuple[Point, datetime | None]]:  # noqa: ANN401 - JSON
    if not isinstance(record, dict) or record.get("dataType") != "CVE_RECORD":
        raise ValueError("an entry is no CVE record")
    name = _inside(record, "cveMetadata", "cveId")
    for container in _list(_inside(record, "containers", "adp")):
        for metric in _list(_inside(container, "metrics")):
            if _inside(metric, "other", "type") == "ssvc":
                content = _inside(metric, "other", "content")
                time = _inside(content, "timestamp")
                yield _point(name, _options(content)), time_of(time) if time else None


def _options(content: object) -> dict[str, str]:
    options = [one for one in _list(_inside(content, "options")) if isinstance(one, dict)]
    return {
        str(key).strip().lower().replace(" ", "_"): str(value)
        for one in options
        for key, value in one.items()
    }


def _point(name: object, told: Mapping[str, str]) -> Point:
    automatable = _word("automatable", told)
    return Point(
        name=cve(name),
        exploitation=_word("exploitation", told),
        automatable=None if automatable is None else automatable == "yes",
        technical_impact=_word("technical_impact", told),
    )


def _word(column: str, told: Mapping[str, str]) -> str | None:
    text = told.get(column, "").strip().lower()
    if not text:
        return None
    if text not in _WORDS[column]:
        raise ValueError(f"{text[:40]!r} is no {column.replace('_', ' ')}")
    return _WORDS[column][text]


def _inside(told: object, *keys: str) -> object:
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told


def _list(told: object) -> list[object]:
    return told if isinstance(told, list) else []
