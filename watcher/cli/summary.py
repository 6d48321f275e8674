"""What a pass did, in a few lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.cli.tables import shown_as

_LINES = {
    "inventory": "{tags} tags seen, {tags_changed} changed",
    "catalog": "{images_new} images new, {catalogued} catalogued, {bytes_pulled} bytes pulled",
    "match": (
        "{packages_matched} of {packages_distinct} packages matched, "
        "{matches_added} matches added, {matches_removed} removed, {trivy_runs} Trivy runs"
    ),
    "exposure": "{episodes_opened} episodes opened, {episodes_closed} closed",
    "bump": "{bumps_planned} bumps planned",
    "ticket": "{tickets_created} tickets filed, {tickets_updated} updated, {tickets_closed} closed",
}


def summary(document: Mapping[str, object]) -> str:
    """Draw the sync document: a line for each stage that ran, and how many failures and notes."""
    seconds, counts = _mapping(document["seconds"]), _mapping(document["counts"])
    failures, notes = _listed(document["failures"]), _listed(document["notes"])
    lines = [f"pass of {document['at']}", _line("knowledge", seconds, _knowledge(document))]
    lines += [_line(stage, seconds, text.format(**counts)) for stage, text in _LINES.items()]
    lines.append(f"failures   {len(failures)}")
    lines.append(f"notes      {len(notes)}" if notes else "")
    return "".join(f"{line}\n" for line in lines if line)


def _line(stage: str, seconds: Mapping[str, object], text: str) -> str:
    took = seconds[stage]
    return f"{stage:<10} {text} ({took:.1f} s)" if isinstance(took, float) and took else ""


def _knowledge(document: Mapping[str, object]) -> str:
    knowledge = _mapping(document["knowledge"])
    if knowledge["db"] is None:
        return "none yet"
    news = "new" if knowledge["changed"] else "unchanged"
    return f"{shown_as(knowledge['db'])} of {knowledge['effective_at']}, {news}"


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("the sync document has no such part")
    return value


def _listed(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError("the sync document lists no such thing")
    return value
