"""Audit: own findings against derived ones, the rules behind what differs, and what is sampled."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.days import day
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding
from watcher.domain.reference import Repository
from watcher.ports.store.audits import Auditable
from watcher.ports.store.catalogues import CatalogueOrigin, Newborn
from watcher.ports.store.passes import PassRecord
from watcher.services.audit import RULES, BirthAudit, Sample, choose, compare
from watcher.services.audit.rules import likely_rule

ONE = Finding("debian 12", "p@1#a", "V", "HIGH", "nvd", "fixed", "2", title="x", vendor_ids=("R",))
RED_HAT = replace(ONE, context="redhat 9")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "matching.md"


def named(own: list[Finding], derived: list[Finding]) -> list[str]:
    return [str(one) for one in compare(own, derived).differences]


def test_equal_findings_do_not_differ_whatever_their_order_and_texts() -> None:
    other = replace(ONE, vulnerability="W")
    found = compare([ONE, other], [replace(other, title="y"), replace(ONE, vendor_ids=())])
    assert (found.findings, found.differences) == (2, ())


def test_a_finding_of_one_side_alone_is_named_with_its_side_package_and_rule() -> None:
    said = "V p@1 in debian 12: 2 fixed HIGH nvd (rule: unknown)"
    assert named([ONE], []) == [f"missing: {said}"]
    assert named([], [ONE]) == [f"extra: {said}"]


@pytest.mark.parametrize(
    "change",
    [
        {"fixed_version": ""},
        {"status": "affected"},
        {"severity": "LOW"},
        {"severity_source": "debian"},
        {"severity_source": None},
        {"identity": "p@2#b"},
    ],
    ids=str,
)
def test_whatever_is_compared_is_told_for_both_sides(change: dict[str, Any]) -> None:
    assert len(named([ONE], [replace(ONE, **change)])) == 2


def test_red_hat_may_give_another_severity_from_run_to_run() -> None:
    other = replace(RED_HAT, severity="LOW", severity_source="redhat")
    assert named([RED_HAT], [other]) == []
    assert len(named([RED_HAT], [replace(other, fixed_version="3")])) == 2
    assert len(named([ONE], [replace(ONE, severity="LOW")])) == 2
    # With no fixed version there are no two advisories to choose from.
    unfixed = replace(RED_HAT, fixed_version="", status="affected")
    assert len(named([unfixed], [replace(unfixed, severity="LOW")])) == 2


def test_a_red_hat_finding_of_one_side_alone_is_a_difference() -> None:
    assert len(named([RED_HAT], [])) == 1
    more = replace(RED_HAT, identity="q@1#c")
    assert named([RED_HAT, more], [replace(RED_HAT, severity="LOW")])[0].startswith(
        "missing: V q@1"
    )


@pytest.mark.parametrize(
    ("one", "others", "rule"),
    [
        (ONE, [replace(ONE, identity="p@1#b")], "identity"),
        (ONE, [replace(ONE, context="debian 11")], "identity"),
        (ONE, [replace(ONE, fixed_version="3")], "largest fix"),
        (ONE, [replace(ONE, severity="LOW")], "severity source"),
        (replace(ONE, context="debian 12 (Root.io:sha256:0)"), [], "suppliers"),
        (replace(ONE, context="redhat 9 (build:0)"), [], "content sets"),
        (replace(ONE, context="ubuntu 18.04-ESM"), [], "extended maintenance"),
        (replace(ONE, context="alpine 3.19"), [], "alpine repositories"),
        (replace(ONE, context="azurelinux 3.0"), [], "equal name and version"),
        (replace(ONE, context="language", identity="org.x:lib@1#a"), [], "jars"),
        (replace(ONE, context="language", identity="@acme/ui@1#a"), [], "unknown"),
        (ONE, [replace(ONE, vulnerability="W")], "unknown"),
    ],
)
def test_a_difference_names_the_rule_that_would_explain_it(
    one: Finding, others: list[Finding], rule: str
) -> None:
    assert likely_rule(one, others) == rule


def test_every_rule_that_can_be_named_is_explained() -> None:
    headings = re.findall(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(RULES) - {"unknown"} <= {one.lower() for one in headings}


# At birth.


class Nursery:
    """Signs what the audit at birth needs of the port `Catalogues`."""

    def __init__(self, *born: Newborn) -> None:
        self.born = born
        self.recorded: list[tuple[int, list[str] | None]] = []

    def newborn(self, covered: frozenset[int]) -> tuple[Newborn, ...]:
        assert covered == {1}
        return self.born

    def derived(self, catalogue: int) -> list[Finding]:
        return [ONE] if catalogue == 7 else []

    def audited(self, this: PassRecord, catalogue: int, found: list[str] | None) -> None:
        assert this.number == 3
        self.recorded.append((catalogue, found))


VERSION = KnowledgeVersion(1, "0.74.0", "sha256:db", day(0), day(0), day(0))


def born(number: int, *own: Finding, db: str = "sha256:db") -> Newborn:
    return Newborn(number, f"local/a@sha256:{number}", db, "0.74.0", own)


def test_a_newborn_that_differs_is_named_and_counted() -> None:
    nursery = Nursery(born(7, ONE), born(8, ONE), born(9, ONE, db="sha256:older"))
    audit = BirthAudit(nursery)  # type: ignore[arg-type] # what it needs of the port
    outcome = audit.take(PassRecord(3, day(1)), VERSION, frozenset({1}))
    assert [number for number, _ in nursery.recorded] == [7, 8, 9]
    assert [len(found) if found is not None else None for _, found in nursery.recorded] == [
        0,
        1,
        None,
    ]
    assert [one.subject for one in outcome.failures] == ["local/a@sha256:8"]
    assert (outcome.counts["audited"], outcome.counts["mismatching"]) == (2, 1)


def test_many_differences_are_cut_short() -> None:
    many = [replace(ONE, vulnerability=f"V{number:03}") for number in range(100)]
    nursery = Nursery(born(8, *many))
    audit = BirthAudit(nursery)  # type: ignore[arg-type] # what it needs of the port
    outcome = audit.take(PassRecord(3, day(1)), VERSION, frozenset({1}))
    ((_, found),) = nursery.recorded
    assert found is not None
    assert len(found) == 20
    assert "in 100 findings, such as missing: V000" in outcome.failures[0].error


# Samples.

ORIGIN = CatalogueOrigin("0.74.0", "sha256:db", None)


def image(number: int, *contexts: int, audited: int | None = None, due: bool = False) -> Auditable:
    where = Repository("local", f"image-{number}")
    digest = f"sha256:{number:064}"
    return Auditable(number, where, digest, 1, frozenset(contexts), ORIGIN, audited, due)


def taken(fleet: list[Auditable], wanted: Sample, seed: int = 1) -> set[int]:
    return {one.catalogue for one in choose(fleet, wanted, seed)}


def test_every_context_is_sampled_however_rare_it_is() -> None:
    fleet = [image(number, 1, 2) for number in range(2_500)] + [image(9_999, 3)]
    found = choose(fleet, Sample(), 1)
    assert 9_999 in {one.catalogue for one in found}
    assert len(found) == 50  # the root of their number


def test_a_small_fleet_has_two_images_of_each_context_sampled() -> None:
    fleet = [image(10 * context + number, context) for context in range(5) for number in range(4)]
    found = choose(fleet, Sample(), 1)
    assert sorted(context for one in found for context in one.contexts) == sorted([*range(5)] * 2)


def test_a_number_asked_for_is_kept_and_spread_over_contexts() -> None:
    fleet = [image(10 * context + number, context) for context in range(5) for number in range(4)]
    assert {n // 10 for n in taken(fleet, Sample(most=5))} == {0, 1, 2, 3, 4}
    assert len(taken(fleet, Sample(most=3))) == 3
    assert len(taken(fleet, Sample(most=12))) == 12
    assert len(taken(fleet, Sample(most=99))) == 20


def test_those_whose_comparison_is_due_come_first_then_those_audited_longest_ago() -> None:
    fleet = [image(n, 1, audited=10 - n) for n in range(1, 8)] + [image(8, 1, audited=9, due=True)]
    assert taken(fleet, Sample(most=1)) == {8}
    assert taken(fleet, Sample(most=3)) == {8, 7, 6}


def test_all_are_all() -> None:
    assert taken([image(n, 1) for n in range(30)], Sample(every=True)) == set(range(30))


def test_another_seed_samples_others() -> None:
    fleet = [image(n, 1) for n in range(400)]
    assert taken(fleet, Sample(), 1) == taken(fleet, Sample(), 1)
    assert taken(fleet, Sample(), 1) != taken(fleet, Sample(), 2)


@given(
    st.lists(st.frozensets(st.integers(1, 6), max_size=3), max_size=60),
    st.one_of(st.none(), st.integers(1, 70)),
)
def test_a_sample_is_made_of_different_images_and_never_too_large(
    contexts: list[frozenset[int]], most: int | None
) -> None:
    fleet = [image(number, *held) for number, held in enumerate(contexts)]
    found = choose(fleet, Sample(most=most), 1)
    assert len({one.catalogue for one in found}) == len(found)
    if most is not None:
        assert len(found) == min(most, len(fleet))
    else:
        held = {context for one in found for context in one.contexts}
        assert held == {context for one in fleet for context in one.contexts}
