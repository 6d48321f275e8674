"""Which move a plan asks for, who waits for whom, and where no base helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.domain.days import day
from tests.unit.services.bump.workbench import AMD, NEW, OLD, Workbench, line_name, workbench
from watcher.domain.acceptance import Acceptance
from watcher.domain.package import Severity
from watcher.domain.pattern import Pattern
from watcher.domain.reference import Repository
from watcher.domain.ticket import Alternative, BumpTicket, Cause, SetAside, TicketKey
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead, Built, Earlier, Excusing, HeldIn

PYTHON = Repository("local", "base/python")
TAR: tuple[str, Severity, str] = ("T", "HIGH", "2")


@pytest.fixture
def bench() -> Workbench:
    """The new base of the same tag ends V and leaves T, which the base brought as well."""
    bench = workbench()
    bench.flaws_of["tar=1"] = [TAR]
    return bench


def only(bench: Workbench, at: float = 10) -> BumpTicket:
    (plan,) = bench.draw(at)
    return plan


def beside(bench: Workbench, tag: str, image: int, *held: str, since: float = 5) -> BaseHead:
    """Another tag of the base, with an image of its own."""
    bench.images[image] = {f"layer {image}": list(held)}
    head = BaseHead(image, PYTHON, tag, AMD, image, f"sha256:base{image}", day(since))
    bench.others.append(head)
    return head


# versions


def test_the_same_tag_is_rebuilt_where_that_ends_everything(bench: Workbench) -> None:
    bench.images[NEW] = {"new": ["ssl=2", "tar=2"]}
    beside(bench, "3.13", 30, "ssl=3", "tar=3")
    plan = only(bench)
    assert (plan.action, plan.target_name, plan.move) == ("rebuild", "base/python:3.12", "")


def test_a_version_is_moved_to_only_where_it_ends_strictly_more(bench: Workbench) -> None:
    same = beside(bench, "3.13", 30, "ssl=3", "tar=1")
    assert only(bench).action == "rebuild"
    bench.others.remove(same)
    beside(bench, "3.13", 30, "ssl=3", "tar=2")
    plan = only(bench)
    assert (plan.action, plan.move) == ("version", "version")
    assert (plan.base_name, plan.target_name) == ("base/python:3.12", "base/python:3.13")
    assert plan.target.reference == "registry.example/base/python:3.13"
    assert plan.target.digest == "sha256:base30"
    assert sorted(one.vulnerability for one in plan.fixes) == ["T", "V"]
    assert plan.cause.lineage == "local/base/python:3.12"


def test_a_version_that_brings_as_much_as_it_ends_more_is_not_moved_to(bench: Workbench) -> None:
    bench.flaws_of["bad=1"] = [("N", "HIGH", "")]
    beside(bench, "3.13", 30, "ssl=3", "tar=2", "bad=1")
    assert only(bench).action == "rebuild"


def test_a_stream_on_the_newest_image_of_its_tag_may_have_to_move_to_a_version(
    bench: Workbench,
) -> None:
    bench.on("shop/api", 10, head=OLD)
    assert bench.draw() == []
    beside(bench, "3.13", 30, "ssl=3", "tar=2")
    plan = only(bench)
    assert (plan.action, plan.exposure_days_per_week) == ("version", 14)


def test_a_major_version_is_asked_for_only_where_the_policy_allows_it(bench: Workbench) -> None:
    beside(bench, "4.0", 30, "ssl=3", "tar=2")
    assert only(bench).action == "rebuild"
    bench.planning = replace(bench.planning, majors=True)
    assert only(bench).target_name == "base/python:4.0"


def test_a_move_of_second_class_is_labelled_and_comes_after_one_of_first(bench: Workbench) -> None:
    bench.members = []
    bench.tag = "3.12-alpine3.19"
    bench.on("shop/api", 10)
    beside(bench, "3.12-alpine3.20", 30, "ssl=3", "tar=2")
    assert (only(bench).move, only(bench).target_name) == (
        "system",
        "base/python:3.12-alpine3.20",
    )
    beside(bench, "3.13-alpine3.19", 31, "ssl=3", "tar=2")
    assert only(bench).target_name == "base/python:3.13-alpine3.19"


def test_a_base_that_is_too_young_is_left_until_it_is_old_enough(bench: Workbench) -> None:
    bench.planning = replace(bench.planning, minimum_age=timedelta(days=3))
    assert bench.draw(10) == []  # out since day 9
    assert only(bench, 12).action == "rebuild"
    beside(bench, "3.13", 30, "ssl=3", "tar=2", since=11)
    assert only(bench, 12).action == "rebuild"
    assert only(bench, 14).action == "version"


def test_of_a_tag_that_moves_faster_the_newest_that_is_old_enough_is_pinned(
    bench: Workbench,
) -> None:
    bench.planning = replace(bench.planning, minimum_age=timedelta(days=3))
    bench.images[3] = {"newest": ["ssl=3", "tar=3"]}
    before = (
        Earlier(NEW, "sha256:base2", "sha256:index2", day(5)),
        Earlier(OLD, "sha256:base1", "sha256:index1", day(1)),
    )
    (api,) = bench.members
    head = replace(api.head, image=3, digest="sha256:base3", since=day(9), earlier=before)
    bench.members = [replace(api, head=head)]
    plan = only(bench, 10)
    assert (plan.action, plan.target.digest, plan.target.since) == ("pin", "sha256:index2", day(5))
    assert only(bench, 12.5).action == "rebuild"


def test_no_pin_leads_back(bench: Workbench) -> None:
    bench.planning = replace(bench.planning, minimum_age=timedelta(days=3))
    (api,) = bench.members
    before = (Earlier(NEW, "sha256:base2", "", day(2)),)
    head = replace(api.head, image=3, digest="sha256:base3", since=day(9), earlier=before)
    bench.members = [replace(api, head=head, base_since=day(4))]
    assert bench.draw(10) == []


@pytest.mark.parametrize(
    "skipped", ["local/base/python:3.13", "local/base/**:3.1?", "local/base/**@sha256:base30"]
)
def test_nothing_moves_to_a_tag_or_an_image_that_is_skipped(bench: Workbench, skipped: str) -> None:
    beside(bench, "3.13", 30, "ssl=3", "tar=2")
    bench.planning = replace(bench.planning, skips=Pattern(skipped).matches)
    assert only(bench).action == "rebuild"


def test_an_image_that_is_skipped_is_not_rebuilt_on_and_one_whose_tag_is_may_be(
    bench: Workbench,
) -> None:
    bench.planning = replace(bench.planning, skips=Pattern("**@sha256:base2").matches)
    assert bench.draw() == []
    bench.planning = replace(bench.planning, skips=Pattern("local/base/python:3.12").matches)
    assert only(bench).action == "rebuild"


# where no base helps


def test_where_only_another_flavour_helps_it_is_named_and_nothing_is_filed(
    bench: Workbench,
) -> None:
    bench.images[NEW] = {"new": ["ssl=1", "tar=1"]}
    beside(bench, "3.12-alpine", 30, "musl=1")
    plan = only(bench)
    reference = "registry.example/base/python:3.12-alpine"
    assert plan.alternative == Alternative(reference, "sha256:base30", 2)
    assert (plan.state, plan.lines, plan.fixes) == ("no_fixed_base", (), ())
    assert sorted(one.vulnerability for one in plan.remains) == ["T", "V"]


def test_a_major_version_that_would_help_is_named_where_it_may_not_be_asked_for(
    bench: Workbench,
) -> None:
    bench.images[NEW] = {"new": ["ssl=1", "tar=1"]}
    beside(bench, "4.0", 30, "ssl=4", "tar=4")
    plan = only(bench)
    assert plan.alternative is not None
    assert plan.alternative.reference.endswith(":4.0")


def test_where_nothing_helps_there_is_no_plan_unless_no_fix_will_ever_come(
    bench: Workbench,
) -> None:
    bench.images[NEW] = {"new": ["ssl=1", "tar=1"]}
    assert bench.draw() == []
    bench.ended = {OLD: "debian 10.13"}
    plan = only(bench)
    assert (plan.state, plan.base_system, plan.alternative) == (
        "no_fixed_base",
        "debian 10.13",
        None,
    )


def test_the_end_of_a_systems_life_is_told(bench: Workbench) -> None:
    assert (only(bench).base_system, only(bench).target_system) == ("", "")
    bench.ended = {OLD: "debian 10.13", NEW: "debian 10.14"}
    assert (only(bench).base_system, only(bench).target_system) == ("debian 10.13", "debian 10.14")


# chains


def chained(bench: Workbench, *, owned: bool = True) -> None:
    """shop/api is built on shop/parent, which is built on the old base."""
    bench.images |= {
        10: {"old": ["ssl=1", "tar=1"], "parent": ["py-flask=1"]},
        11: {"old": ["ssl=1", "tar=1"], "parent": ["py-flask=1"], "app": ["py-jinja=3"]},
    }
    bench.members = []
    bench.on("shop/parent" if owned else "lost/parent", 10)
    (parent,) = bench.members
    head = BaseHead(
        7, parent.repository, "latest", AMD, 10, "sha256:image10", day(1), by="tag", published=True
    )
    bench.members.append(
        Built(
            Track(50, AMD),
            Repository("local", "pay/api"),
            "tag",
            "latest",
            11,
            "sha256:image11",
            10,
            "sha256:image10",
            day(1),
            "layers",
            "",
            head,
        )
    )
    bench.heads[line_name("pay/api")] = 11


def test_a_child_waits_until_its_owned_parent_is_rebuilt(bench: Workbench) -> None:
    chained(bench)
    child, parent = bench.draw()
    assert (parent.cause.team, parent.state, parent.beneath) == ("shop", "open", 1)
    assert child.cause == Cause("pay", "local/shop/parent:latest")
    assert (child.state, child.waiting) == ("waiting", "local/shop/parent:latest")
    assert [one.vulnerability for one in child.fixes] == ["V"]
    assert child.doubt == ("it is built on local/shop/parent:latest, which has to be rebuilt first")
    assert child.target.digest == ""


def test_a_child_is_asked_to_move_once_its_parent_has(bench: Workbench) -> None:
    chained(bench)
    bench.images[20] = {"new": ["ssl=2", "tar=1"], "parent": ["py-flask=1"]}
    bench.on("shop/parent", 20, base=NEW)
    api = next(one for one in bench.members if one.repository.path == "pay/api")
    head = replace(api.head, image=20, digest="sha256:image20", since=day(9))
    bench.members = [one if one is not api else replace(api, head=head) for one in bench.members]
    plan = only(bench)
    assert (plan.cause.team, plan.state, plan.action) == ("pay", "open", "rebuild")
    assert [one.vulnerability for one in plan.fixes] == ["V"]
    assert plan.target.digest == "sha256:image20"


def test_nobody_waits_for_a_parent_that_nobody_owns(bench: Workbench) -> None:
    chained(bench, owned=False)
    assert bench.draw() == []  # on the newest image of its parent, and nobody rebuilds that


def test_who_has_a_ticket_waits_for_nobody(bench: Workbench) -> None:
    chained(bench)
    child = Cause("pay", "local/shop/parent:latest")
    (before,) = (one for one in bench.draw() if one.cause == child)
    bench.file(*before.lines, key=TicketKey(1, child))
    (plan,) = (one for one in bench.draw() if one.cause == child)
    assert (plan.state, plan.waiting, plan.doubt) == ("open", None, None)
    assert [line.done for line in plan.lines] == [None]


@pytest.mark.parametrize("controlled", [True, False])
def test_a_base_is_rebuilt_by_the_team_that_controls_it(
    bench: Workbench, *, controlled: bool
) -> None:
    (api,) = bench.members
    base = replace(
        api,
        track=Track(60, AMD),
        repository=Repository("local", "pay/base"),
        published=False,
    )
    bench.members = [base]
    bench.planning = replace(bench.planning, controls=lambda _: controlled)
    plans = bench.draw()
    assert [one.cause.team for one in plans] == (["pay"] * controlled)
    if plans:
        assert [(one.streams, one.exposures) for one in plans[0].fixes] == [(1, 0)]


# what does not count


def stated(bench: Workbench, text: str, flaw: int, *digests: str) -> None:
    image = 10 if digests else 2
    for held in {10, image}:
        told = {flaw: Excusing("acme", "component_not_present", "vex.json")}
        one = HeldIn(held, "local/shop/api", "latest", frozenset(digests))
        bench.excuses[one] = {bench.number(text): told}


def test_what_a_statement_excuses_is_set_aside_and_no_fix(bench: Workbench) -> None:
    bench.draw()
    stated(bench, "ssl=1", 0, "sha256:image10")
    assert bench.draw() == []  # nothing else ends
    bench.flaws_of["tar=1"] = [TAR]
    bench.images[NEW] = {"new": ["ssl=2", "tar=2"]}
    plan = only(bench)
    assert [one.vulnerability for one in plan.fixes] == ["T"]
    why = "VEX of acme: not affected, component_not_present (vex.json)"
    assert plan.set_aside == (SetAside("V", "HIGH", "ssl", why, 1),)


def test_what_would_be_excused_is_not_brought(bench: Workbench) -> None:
    bench.flaws_of["bad=1"] = [("N", "HIGH", "")]
    bench.images[NEW] = {"new": ["ssl=2", "tar=1", "bad=1"]}
    assert [one.vulnerability for one in only(bench).introduces] == ["N"]
    number = [name for told in bench.flaws_of.values() for name, *_ in told].index("N")
    told = {number: Excusing("acme", "", "vex.json")}
    one = HeldIn(NEW, "local/shop/api", "latest", frozenset())
    bench.excuses[one] = {bench.number("bad=1"): told}
    assert only(bench).introduces == ()


def accepting(name: str, until: datetime, match: str | None = None) -> Acceptance:
    return Acceptance(name, Pattern(match) if match else None, "unreachable", "ada", until)


def test_an_accepted_risk_is_set_aside_while_it_is_accepted(bench: Workbench) -> None:
    bench.images[NEW] = {"new": ["ssl=2", "tar=2"]}
    bench.planning = replace(bench.planning, accepted=[accepting("V", day(11))])
    plan = only(bench, 10)
    assert [one.vulnerability for one in plan.fixes] == ["T"]
    assert [one.why for one in plan.set_aside] == [
        f"risk accepted by ada until {day(11):%Y-%m-%d}: unreachable"
    ]
    assert {one.vulnerability for one in only(bench, 11).fixes} == {"T", "V"}
    bench.planning = replace(bench.planning, accepted=[accepting("V", day(99), "local/pay/**")])
    assert {one.vulnerability for one in only(bench, 12).fixes} == {"T", "V"}


@pytest.mark.parametrize(("by", "because"), [("vex", "excused"), ("acceptance", "accepted")])
def test_a_line_in_which_all_that_is_listed_is_set_aside_is_done_and_says_why(
    bench: Workbench, by: str, because: str
) -> None:
    bench.file(*only(bench).lines)
    if by == "vex":
        stated(bench, "ssl=1", 0, "sha256:image10")
    else:
        bench.planning = replace(bench.planning, accepted=[accepting("V", day(99))])
    plan = only(bench, 11)
    assert [line.done.because for line in plan.lines if line.done] == [because]


def test_what_own_layers_install_is_expected_on_rebuild_where_it_is_fixed(
    bench: Workbench,
) -> None:
    bench.images[10] = {"old": ["ssl=1", "tar=1"], "app": ["curl=1", "py-jinja=3"]}
    bench.flaws_of |= {"curl=1": [("C", "HIGH", "2")], "py-jinja=3": [("J", "HIGH", "4")]}
    assert {one.vulnerability: one.expected for one in only(bench).own} == {"C": True, "J": False}
