"""Presets by name, each a table with the clock and the version that its source gives it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from watcher.config.near import nearest
from watcher.domain.policy import DEFAULT, Policy, Rule, Table, by_severity

_FOLDER: Final = Path(__file__).parent
_NO_CLASS: Final = "fedramp-vdr needs a class: write policy.class: A, B, C or D"


def preset(name: str, class_: str | None = None) -> Policy:
    """The preset of that name; `class_` is FedRAMP's and means nothing to the others.

    Raises ValueError, with what to do, for a name or a class that does not exist.
    """
    if name not in PRESETS:
        raise ValueError(f"there is no preset named {name}{nearest(name, list(PRESETS))}")
    return named(PRESETS[name](class_))


def named(policy: Policy) -> Policy:
    """The policy with the hash of its table and its clock, by which a report names it."""
    rows = sorted(
        (sorted(rule.needs.items()), None if rule.days is None else float(rule.days))
        for rule in policy.table.rules
    )
    told = json.dumps([policy.clock, policy.epss, rows], separators=(",", ":"))
    return replace(policy, sha256=hashlib.sha256(told.encode()).hexdigest())


def _legacy() -> Policy:
    """Days from detection, as federal agencies counted them until BOD 26-04."""
    days = {"CRITICAL": 15, "HIGH": 30, "MEDIUM": None, "LOW": None, "UNKNOWN": None}
    return by_severity("legacy-15-30", days, "detected")


def _bod_26_04() -> Policy:
    return Policy(
        "bod-26-04",
        Table(
            ("kev", "internet_reachable", "automatable", "technical_impact"),
            tuple(_bod_rules(_rows("cisa_bod_26_04_1_0_0.csv"))),
        ),
        clock="detected",
        version="1.0.0",
    )


def _bod_rules(rows: Iterator[Mapping[str, str]]) -> Iterator[Rule]:
    for row in rows:
        decision = row["CISA BOD 26-04 Remediation Timelines v1.0.0 (cisa)"]
        first, _, rest = decision.partition(" ")
        needs = {
            "kev": row["In KEV v1.0.0 (cisa)"],
            "internet_reachable": row["Publicly Exposed v1.0.0 (cisa)"],
            "automatable": row["Automatable v2.0.0"],
            "technical_impact": row["Technical Impact v1.0.0"],
        }
        # The others are to be fixed with the system's next upgrade, which has no date.
        yield Rule(needs, float(first) if rest.startswith("days") else None)


def _fedramp(class_: str | None) -> Policy:
    rows = [row for row in _rows("fedramp_vdr_tfr_pvr.csv") if row["class"] == class_]
    if not rows:
        raise ValueError(_NO_CLASS)
    return Policy(
        "fedramp-vdr",
        Table(
            ("impact", "likely_exploitable", "internet_reachable"),
            tuple(rule for row in rows for rule in _fedramp_rules(row)),
        ),
        clock="detected",
        version="2026",
    )


def _fedramp_rules(row: Mapping[str, str]) -> Iterator[Rule]:
    impact = {"impact": row["potential_agency_impact"]}
    likely = {**impact, "likely_exploitable": "yes"}
    columns = {
        "internet_reachable_likely_exploitable_days": {**likely, "internet_reachable": "yes"},
        "not_reachable_likely_exploitable_days": {**likely, "internet_reachable": "no"},
        "not_likely_exploitable_days": {**impact, "likely_exploitable": "no"},
    }
    for column, needs in columns.items():
        yield Rule(needs, float(row[column]) if row[column] else None)


def _rows(file: str) -> Iterator[Mapping[str, str]]:
    with (_FOLDER / file).open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


PRESETS: Final[Mapping[str, Callable[[str | None], Policy]]] = {
    "default": lambda _: DEFAULT,
    "bod-26-04": lambda _: _bod_26_04(),
    "fedramp-vdr": _fedramp,
    "legacy-15-30": lambda _: _legacy(),
}
