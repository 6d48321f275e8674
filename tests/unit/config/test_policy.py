"""Policies in the configuration: presets as data, rules of one's own, attributes of streams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from watcher.config import Config
from watcher.config.policies import PRESETS, preset
from watcher.domain.policy import DEFAULT, UNLIMITED, Limit, undetermined

Load = Callable[..., Config]
Refuse = Callable[[str], list[str]]
TABLES = Path(__file__).resolve().parents[3] / "watcher" / "config" / "policies"
SHARED = {"internet_reachable": "yes", "likely_exploitable": "yes"}


def limit(days: float | None) -> Limit:
    return UNLIMITED if days is None else Limit(timedelta(days=days))


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ("no no no partial", None),
        ("yes no no partial", 14),
        ("no yes no partial", 60),
        ("no yes no total", 14),
        ("no no yes total", 60),
        ("yes yes yes partial", 3),
        ("yes yes no total", 3),
        ("no yes yes total", 3),
        ("yes yes yes total", 3),
    ],
)
def test_bod_26_04_leaves_the_days_of_its_table(told: str, days: float | None) -> None:
    factors = ("kev", "internet_reachable", "automatable", "technical_impact")
    known = dict(zip(factors, told.split(), strict=True))
    assert preset("bod-26-04").table.limit(known) == limit(days)


@pytest.mark.parametrize(
    ("class_", "known", "days"),
    [
        ("D", {"impact": "5", **SHARED}, 0.5),
        ("C", {"impact": "4", **SHARED}, 4),
        ("C", {"impact": "4", **SHARED, "internet_reachable": "no"}, 8),
        ("C", {"impact": "4", "likely_exploitable": "no"}, 64),
        ("A", {"impact": "1"}, None),
    ],
)
def test_fedramp_leaves_the_days_of_its_class_and_impact(
    class_: str, known: dict[str, str], days: float | None
) -> None:
    assert preset("fedramp-vdr", class_).table.limit(known) == limit(days)


def test_what_a_preset_asks_for_and_nobody_told_is_named() -> None:
    assert preset("bod-26-04").table.limit({"kev": "no", "internet_reachable": "no"}) == (
        undetermined(["automatable", "technical_impact"])
    )
    assert preset("fedramp-vdr", "B").table.limit({"impact": "3", "likely_exploitable": "yes"}) == (
        undetermined(["internet_reachable"])
    )


def test_every_combination_of_bod_26_04_and_every_class_of_fedramp_has_a_row() -> None:
    assert len(preset("bod-26-04").table.rules) == 16
    assert [len(preset("fedramp-vdr", one).table.rules) for one in "ABCD"] == [15] * 4


def test_presets_have_their_clock_and_a_hash_of_their_own() -> None:
    made = {name: preset(name, "C") for name in PRESETS}
    assert {name: one.clock for name, one in made.items()} == {
        "default": "known",
        "bod-26-04": "detected",
        "fedramp-vdr": "detected",
        "legacy-15-30": "detected",
    }
    assert len({one.sha256 for one in made.values()}) == len(made)
    assert made["default"].limits == DEFAULT.limits
    assert made["legacy-15-30"].limits == {"CRITICAL": 15, "HIGH": 30}
    assert preset("fedramp-vdr", "A").sha256 != made["fedramp-vdr"].sha256


def test_the_tables_come_with_their_sources() -> None:
    sources = (TABLES / "SOURCES.md").read_text(encoding="utf-8")
    assert {path.name for path in TABLES.glob("*.csv")} == {
        name for name in sources.split("`") if name.endswith(".csv")
    }


def test_rules_of_ones_own_are_days_durations_or_no_limit(loaded: Load) -> None:
    text = "policy: {clock: fix_available, rules: {critical: 3, HIGH: 36h, LOW: null}}"
    policy = loaded(text).policy.meant
    assert policy.limits == {"CRITICAL": 3, "HIGH": 1.5}
    assert (policy.name, policy.clock) == ("own rules", "fix_available")
    assert policy.table.limit({"severity": "LOW"}) == UNLIMITED
    assert policy.table.limit({"severity": "MEDIUM"}) == undetermined(
        ["a rule for severity MEDIUM"]
    )


def test_another_clock_or_score_is_another_policy_to_quote(loaded: Load) -> None:
    texts = ("{}", "{clock: detected}", "{epss: 0.1}", "{preset: legacy-15-30}")
    assert len({loaded(f"policy: {text}").policy.meant.sha256 for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "policy: {preset: bod-2604}",
            "no preset named bod-2604; did you mean bod-26-04?",
        ),
        ("policy: {preset: fedramp-vdr}", "fedramp-vdr needs a class: write policy.class: A, B,"),
        ("policy: {preset: fedramp-vdr, class: E}", "fedramp-vdr needs a class"),
        ("policy: {rules: {}}", "rules: has none: give days by severity, such as {CRITICAL: 7"),
        ("policy: {rules: {HIHG: 3}}", "rules.HIHG: is no severity; did you mean HIGH?"),
        ("policy: {rules: {HIGH: 0}}", "rules.HIGH: must be days, a duration, or null"),
        ("policy: {rules: {HIGH: true}}", "rules.HIGH: must be days, a duration, or null"),
        ("policy: {rules: {HIGH: [3]}}", "rules.HIGH: must be days, a duration, or null"),
        ("policy: {rules: {HIGH: soon}}", "must be a number with s, m, h, d or w"),
        ("policy: {rules: {HIGH: 3, high: 4}}", "rules: HIGH is given twice: keep one of them"),
        ("policy: {epss: 2}", "policy.epss: must be at most 1"),
        ("policy: {clock: tomorrow}", "policy.clock: must be one of known, present, detected,"),
        (
            "owners: [{team: a, attributes: {internet_reachable: 'yes'}}]",
            "owners[0].attributes: internet_reachable: must be true or false: a policy asks for it",
        ),
        (
            "owners: [{team: a, attributes: {likely_exploitable: 1}}]",
            "owners[0].attributes: likely_exploitable: must be true or false",
        ),
        (
            "owners: [{team: a, attributes: {impact: high}}]",
            "owners[0].attributes: impact: must be the potential agency impact, N1 to N5",
        ),
        ("owners: [{team: a, attributes: {impact: true}}]", "attributes: impact: must be the"),
    ],
)
def test_what_is_wrong_with_a_policy_is_said_in_a_line(
    refused: Refuse, text: str, line: str
) -> None:
    (only,) = refused(text)
    assert line in only


def test_streams_tell_policies_the_attributes_of_their_owner(loaded: Load) -> None:
    config = loaded(
        """
owners:
  - {match: "local/shop/**", team: shop, attributes: {internet_reachable: true, impact: n4, x: 1}}
  - {team: rest, attributes: {impact: 2, likely_exploitable: false}}
"""
    )
    assert config.factors_of("local/shop/api:latest") == {
        "internet_reachable": "yes",
        "impact": "4",
    }
    assert config.factors_of("other/x#1@linux/amd64") == {"impact": "2", "likely_exploitable": "no"}
    assert loaded("").factors_of("local/shop/api:latest") == {}
