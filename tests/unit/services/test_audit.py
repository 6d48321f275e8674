"""Audit: a new image's own findings against the derived ones."""

from __future__ import annotations

from dataclasses import replace

from watcher.domain.package import Finding
from watcher.services.audit import compare

ONE = Finding("debian 12", "p@1", "V", "HIGH", "nvd", "fixed", "2", title="x", vendor_ids=("R",))


def test_equal_findings_do_not_differ_whatever_their_order_and_texts() -> None:
    other = replace(ONE, vulnerability="W")
    assert differences([ONE, other], [replace(other, title="y"), replace(ONE, vendor_ids=())]) == []


def test_a_finding_of_one_side_alone_is_named_with_its_side() -> None:
    assert differences([ONE], []) == ["only the scanner: V debian 12 p@1 2 fixed HIGH"]
    assert differences([], [ONE]) == ["only derived: V debian 12 p@1 2 fixed HIGH"]


def test_a_finding_seen_differently_is_named_for_both_sides() -> None:
    assert differences([ONE], [replace(ONE, fixed_version="")]) == [
        "only derived: V debian 12 p@1 - fixed HIGH",
        "only the scanner: V debian 12 p@1 2 fixed HIGH",
    ]


def test_many_differences_are_cut_short() -> None:
    many = [replace(ONE, vulnerability=f"V{number:03}") for number in range(100)]
    named = differences(many, [])
    assert len(named) == 20
    assert named[0].startswith("only the scanner: V000 ")
