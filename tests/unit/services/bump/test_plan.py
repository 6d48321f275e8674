"""Plans: what is drawn of what is proven, and what is carried on where nothing can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.domain.days import day
from tests.unit.services.bump.workbench import (
    NEW,
    OLD,
    SHOP,
    Workbench,
    line_name,
    workbench,
)
from watcher.domain.ticket import BumpTicket, Cause, Done, Line, Unknown
from watcher.report.dues import Judge

API, WEB = line_name("shop/api"), line_name("shop/web")


@pytest.fixture
def bench() -> Workbench:
    return workbench()


def only(plans: list[BumpTicket]) -> BumpTicket:
    (plan,) = plans
    return plan


def named(plan: BumpTicket) -> dict[str, list[str]]:
    """The vulnerabilities of a plan by what becomes of them."""
    found = {
        name: [one.vulnerability for one in getattr(plan, name)]
        for name in ("fixes", "remains", "introduces", "unproven", "own")
    }
    return {name: sorted(names) for name, names in found.items() if names}


def line(name: str, image: int = 10, done: Done | None = None) -> Line:
    return Line(line_name(name), f"sha256:image{image}", {"HIGH": 1}, done=done)


def lines(plan: BumpTicket) -> dict[str, str | None]:
    """Why each line is done, by its stream; None where it is not."""
    return {
        one.name.stream.removeprefix("local/").removesuffix(":latest"): (
            one.done.because if one.done else None
        )
        for one in plan.lines
    }


# what is drawn


def test_a_plan_says_what_the_newest_base_ends_and_leaves(bench: Workbench) -> None:
    plan = only(bench.draw())
    assert plan.cause == SHOP
    assert named(plan) == {"fixes": ["V"], "remains": ["W"]}
    assert (plan.base_reference, plan.base_name) == (
        "registry.example/base/python:3.12",
        "base/python:3.12",
    )
    assert (plan.target.digest, plan.target.since) == ("sha256:base2", day(9))
    assert [(one.name, one.image, one.ended) for one in plan.lines] == [
        (API, "sha256:image10", {"HIGH": 1})
    ]
    (fix,) = plan.fixes
    assert (fix.package, fix.fixed_version, fix.streams) == ("ssl", "2", 1)
    assert (fix.known_since, fix.past_due) == (day(-30), 1)
    assert (plan.exposure_days_per_week, plan.oldest_days, plan.next_due) == (7, 40, None)
    assert [one.why for one in plan.remains] == ["no fix known"]
    assert [one.digest for one in plan.bases] == ["sha256:base1"]
    assert plan.labels == ("watcher", "base-image")
    assert plan.evidence == ("Base found by: layers alone, in its one stream.",)
    assert (plan.unknown, plan.doubt) == ((), None)


def test_every_plan_is_the_same_from_the_same_facts(bench: Workbench) -> None:
    bench.on("shop/web", 10)
    first = bench.draw()
    bench.members.reverse()
    assert bench.draw() == first


def test_a_team_has_a_plan_of_its_own_and_what_nobody_owns_has_none(bench: Workbench) -> None:
    bench.on("pay/api", 10)
    bench.on("lost/api", 10)
    assert [one.cause.team for one in bench.draw()] == ["pay", "shop"]


def test_a_stream_on_the_newest_base_needs_no_plan(bench: Workbench) -> None:
    bench.on("shop/api", 10, base=NEW)
    assert bench.draw() == []


@pytest.mark.parametrize("threshold", ["CRITICAL", "HIGH"])
def test_below_the_threshold_nothing_is_planned(bench: Workbench, threshold: str) -> None:
    bench.planning = replace(bench.planning, threshold=threshold)  # type: ignore[arg-type]
    assert len(bench.draw()) == (threshold == "HIGH")


def test_a_base_that_fixes_nothing_makes_no_plan(bench: Workbench) -> None:
    bench.images[NEW] = {"new": ["ssl=1", "tar=1"]}
    assert bench.draw() == []


def test_what_an_own_layer_changed_is_unproven_and_what_it_brought_is_its_own(
    bench: Workbench,
) -> None:
    bench.images[10] = {"old": ["tar=1"], "app": ["ssl=1.5", "py-jinja=3"]}
    bench.images[11] = {"old": ["ssl=1", "tar=1"], "app": ["py-jinja=3"]}
    bench.flaws_of["ssl=1.5"] = bench.flaws_of["ssl=1"]
    bench.flaws_of["py-jinja=3"] = [("J", "HIGH", "4")]
    bench.on("shop/web", 11)
    plan = only(bench.draw())
    assert lines(plan) == {"shop/web": None}
    assert named(plan) == {"fixes": ["V"], "remains": ["W"], "own": ["J"], "unproven": ["V"]}
    assert [one.streams for one in plan.own] == [("local/shop/api:latest", "local/shop/web:latest")]
    bench.images[NEW] = {"new": ["ssl=2", "tar=2", "zip=1"]}
    bench.flaws_of |= {"tar=1": [("T", "HIGH", "2")], "zip=1": [("Z", "MEDIUM", "")]}
    plan = only(bench.draw())
    assert lines(plan) == {"shop/api": None, "shop/web": None}
    assert named(plan) == {
        "fixes": ["T", "V"],
        "introduces": ["Z"],
        "own": ["J"],
        "unproven": ["V"],
    }


def test_remains_say_when_a_fix_is_out_that_no_base_has(bench: Workbench) -> None:
    bench.flaws_of["tar=1"] = [("W", "LOW", "9")]
    assert [one.why for one in only(bench.draw()).remains] == [
        "fixed in 9, which this base does not have yet"
    ]


def in_doubt(bench: Workbench) -> None:
    """Let the only flaw that counts in a stream be one of which only the rebuild can tell."""
    bench.images[12] = {"old": ["tar=1"], "app": ["ssl=1.5", "py-yaml=3"]}
    bench.flaws_of |= {"ssl=1.5": bench.flaws_of["ssl=1"], "py-yaml=3": [("Y", "LOW", "")]}
    bench.on("shop/web", 12)


def test_a_stream_in_which_only_the_rebuild_can_tell_is_named_and_is_no_line(
    bench: Workbench,
) -> None:
    in_doubt(bench)
    plan = only(bench.draw())
    assert lines(plan) == {"shop/api": None}
    why = "its own layers change packages of the base: only the rebuild can tell of V"
    assert plan.unknown == (Unknown(WEB, why),)
    assert named(plan) == {"fixes": ["V"], "remains": ["W"], "own": ["Y"], "unproven": ["V"]}
    assert [one.streams for one in plan.fixes] == [1]
    assert (plan.exposure_days_per_week, plan.doubt) == (7, None)


def test_where_nothing_is_proven_to_end_there_is_no_plan(bench: Workbench) -> None:
    in_doubt(bench)
    bench.on("shop/api", 12)
    assert bench.draw() == []


def test_of_many_doubts_three_are_named(bench: Workbench) -> None:
    in_doubt(bench)
    names = ("V", "V1", "V2", "V3", "V4")
    bench.flaws_of["ssl=1.5"] = [(name, "HIGH", "2") for name in names]
    (one,) = only(bench.draw()).unknown
    assert one.why.endswith("can tell of V, V1, V2 and 2 more")


def test_a_doubt_below_the_threshold_names_no_stream(bench: Workbench) -> None:
    in_doubt(bench)
    bench.flaws_of["ssl=1.5"] = [("X", "MEDIUM", "2")]
    assert only(bench.draw()).unknown == ()


def test_the_worst_rating_and_the_longest_exposure_count(bench: Workbench) -> None:
    bench.images[11] = {"old": ["ssl=1", "tar=1"]}
    bench.on("shop/web", 11)
    bench.started |= {("shop/web", "V"): day(9)}
    bench.flaws_of["tar=1"] = [("V", "CRITICAL", "")]
    bench.images[NEW] = {"new": ["ssl=2", "tar=2"]}
    (fix,) = only(bench.draw()).fixes
    assert (fix.severity, fix.streams, fix.known_since) == ("CRITICAL", 2, day(-30))
    assert (fix.past_due, only(bench.plans).next_due) == (1, day(16))


def test_the_first_due_of_those_not_past_due_is_told(bench: Workbench) -> None:
    bench.started = {("shop/api", "V"): day(5)}
    plan = only(bench.draw())
    assert (plan.fixes[0].past_due, plan.next_due) == (0, day(35))


def test_what_feeds_list_as_exploited_is_marked_in_the_plan(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not only(bench.draw()).fixes[0].known_exploited
    monkeypatch.setattr(Judge, "exploited", lambda _judge, name: name == "V")
    assert only(bench.draw()).fixes[0].known_exploited


def test_grades_are_counted_the_most_frequent_first(bench: Workbench) -> None:
    for number in range(3):
        bench.on(f"shop/{number}", 10, grade="layers+annotation")
    assert [one.partition(", in ")[2] for one in only(bench.draw()).evidence] == [
        "3 of 4 streams.",
        "1 of 4 streams.",
    ]


# lines of a ticket


def test_a_line_stays_and_is_done_when_nothing_listed_is_in_its_head(bench: Workbench) -> None:
    bench.file(line("shop/api"), line("shop/web"))
    bench.images[20] = {"new": ["ssl=2", "tar=1"]}
    bench.on("shop/web", 20, base=NEW)
    plan = only(bench.draw())
    assert lines(plan) == {"shop/api": None, "shop/web": "remediated"}
    (done,) = (one.done for one in plan.lines if one.done)
    assert done.at == day(10)
    assert [one.name for one in plan.lines] == [API, WEB]


def test_a_line_done_before_keeps_when_and_why(bench: Workbench) -> None:
    bench.file(line("shop/api"), line("shop/web", done=Done(day(4), "withdrawn")))
    bench.leave("shop/web", NEW)
    (done,) = (one.done for one in only(bench.draw()).lines if one.done)
    assert done == Done(day(4), "withdrawn")


def test_a_line_that_was_done_and_is_affected_again_is_to_do(bench: Workbench) -> None:
    bench.file(line("shop/api", done=Done(day(4))), line("shop/web", done=Done(day(4))))
    bench.leave("shop/web", 10)
    assert lines(only(bench.draw())) == {"shop/api": None, "shop/web": None}


def test_only_what_counts_keeps_a_line_to_do(bench: Workbench) -> None:
    told = bench.file(line("shop/web"), listed=["V", "W"])
    low = replace(told.listed["W"], severity="LOW")
    bench.tickets = [replace(told, listed={**told.listed, "W": low})]
    bench.leave("shop/web", NEW)  # which has W still
    assert lines(only(bench.draw())) == {"shop/api": None, "shop/web": "remediated"}


def test_a_line_whose_image_is_the_same_was_withdrawn_and_not_remediated(
    bench: Workbench,
) -> None:
    bench.file(line("shop/api"))
    bench.flaws_of = {}
    assert lines(only(bench.draw())) == {"shop/api": "withdrawn"}


def test_a_line_of_another_team_or_of_a_stream_that_is_gone_says_so(bench: Workbench) -> None:
    bench.file(line("shop/api"), line("pay/web"), line("shop/gone"))
    bench.heads[line_name("pay/web")] = 10
    assert lines(only(bench.draw())) == {
        "shop/api": None,
        "pay/web": "moved",
        "shop/gone": "retired",
    }


def test_when_all_streams_left_the_lineage_the_plan_only_tells_of_its_lines(
    bench: Workbench,
) -> None:
    before = only(bench.draw())
    bench.file(*before.lines)
    bench.leave("shop/api", 10)
    plan = only(bench.draw(11))
    assert lines(plan) == {"shop/api": None}
    assert (named(plan), plan.exposure_days_per_week, plan.as_of) == ({}, 0, day(11))
    assert plan.target == before.target
    bench.leave("shop/api", NEW)
    assert lines(only(bench.draw(12))) == {"shop/api": "remediated"}


def test_a_ticket_whose_plan_is_not_known_any_more_and_without_streams_has_none(
    bench: Workbench,
) -> None:
    bench.file(line("shop/api"))
    bench.leave("shop/api", 10)
    assert bench.draw() == []


def test_what_a_ticket_listed_stays_known_by_its_package_when_it_has_ended(
    bench: Workbench,
) -> None:
    bench.file(*only(bench.draw()).lines, listed=["V", "lost"])
    plan = only(bench.draw())
    assert [one.vulnerability for one in plan.listed] == ["lost"]
    bench.images[20] = {"new": ["ssl=2"]}
    bench.on("shop/api", 20, base=NEW)
    for at in (11, 12):  # the plan of the day before no longer fixes it, and tells of it still
        plan = only(bench.draw(at))
        assert (plan.fixes, plan.done) == ((), True)
        assert [(one.vulnerability, one.package, one.fixed_version) for one in plan.listed] == [
            ("V", "ssl", "2"),
            ("lost", "", ""),
        ]


def test_what_was_listed_below_the_threshold_of_now_is_not_told(bench: Workbench) -> None:
    bench.file(line("shop/api"), listed=["lost"])
    bench.planning = replace(bench.planning, threshold="CRITICAL")
    assert only(bench.draw()).listed == ()


# a person's close


@pytest.mark.parametrize(("at", "tended"), [(10, True), (16.9, True), (17.1, False)])
def test_a_ticket_that_a_person_closed_is_tended_while_evidence_may_follow(
    bench: Workbench, at: float, *, tended: bool
) -> None:
    bench.file(line("shop/api"))
    bench.close("person", 10)
    bench.images[20] = {"new": ["ssl=2"]}
    bench.on("shop/api", 20, base=NEW)
    assert [lines(one) for one in bench.draw(at)] == ([{"shop/api": "remediated"}] * tended)


def test_a_ticket_closed_by_evidence_is_tended_no_more(bench: Workbench) -> None:
    bench.file(line("shop/api"))
    bench.close("watcher", 10)
    bench.on("shop/api", 10, base=NEW)
    assert bench.draw() == []


def test_of_several_tickets_the_newest_open_one_is_tended(bench: Workbench) -> None:
    first = bench.file(line("shop/one"))
    bench.tickets = [
        replace(first, closed_by="person", closed_at=day(9)),
        replace(first, key=replace(first.key, generation=2), lines=(line("shop/two"),)),
    ]
    assert lines(only(bench.draw())) == {"shop/api": None, "shop/two": "retired"}


# what is not known


def test_a_new_base_that_is_not_known_is_waited_for_and_nothing_is_planned(
    bench: Workbench,
) -> None:
    bench.images[NEW] = None
    plan = only(bench.draw())
    why = "the newest base local/base/python:3.12@sha256:base2 is not catalogued and matched yet"
    assert (plan.lines, plan.fixes, plan.doubt) == ((), (), why)
    newest = "local/base/python:3.12@sha256:base2"
    assert plan.unknown == (Unknown(API, why, newest),)
    assert plan.newest_unknown == newest
    assert plan.target.digest == "sha256:base2"


def test_what_was_planned_stays_in_doubt_while_the_newest_base_is_not_known(
    bench: Workbench,
) -> None:
    before = only(bench.draw())
    bench.images[3] = None
    bench.on("shop/api", 10, head=3)
    plan = only(bench.draw(11))
    assert (plan.fixes, plan.lines, plan.target) == (before.fixes, before.lines, before.target)
    assert plan.as_of == day(10)
    assert plan.doubt is not None
    assert "sha256:base3" in plan.doubt
    bench.images[3] = bench.images[NEW]
    plan = only(bench.draw(12))
    assert (plan.target.digest, plan.doubt, plan.unknown) == ("sha256:base3", None, ())


def test_lines_are_judged_by_their_heads_though_the_newest_base_is_not_known(
    bench: Workbench,
) -> None:
    bench.on("shop/web", 10)
    bench.file(*only(bench.draw()).lines)
    bench.images |= {3: None, 20: {"new": ["ssl=2"]}}
    bench.on("shop/api", 10, head=3)
    bench.on("shop/web", 20, base=NEW, head=3)
    assert lines(only(bench.draw(11))) == {"shop/api": None, "shop/web": "remediated"}


def test_a_head_that_is_not_known_changes_no_line(bench: Workbench) -> None:
    bench.file(line("shop/api"), line("shop/web"), line("shop/x", done=Done(day(3))))
    bench.leave("shop/web", None)
    bench.leave("shop/x", 77)
    plan = only(bench.draw())
    assert lines(plan) == {"shop/api": None, "shop/web": None, "shop/x": "remediated"}
    (done,) = (one.done for one in plan.lines if one.done)
    assert done.at == day(3)


def test_an_image_that_is_not_known_keeps_what_its_line_had(bench: Workbench) -> None:
    bench.flaws_of["tar=1"] = [("T", "CRITICAL", "2")]
    bench.images[NEW] = {"new": ["ssl=2", "tar=2"]}
    bench.images[11] = {"old": ["ssl=1"]}
    bench.on("shop/web", 11)
    bench.file(*only(bench.draw()).lines, listed=["V", "T"])
    bench.on("shop/api", 12)  # an image nobody could read
    plan = only(bench.draw(11))
    assert named(plan)["fixes"] == ["T", "V"]
    assert {one.vulnerability: one.streams for one in plan.fixes} == {"V": 1, "T": 1}
    assert lines(plan) == {"shop/api": None, "shop/web": None}
    assert [one.why for one in plan.unknown] == [
        "the image local/shop/api@sha256:image12 is not catalogued and matched yet"
    ]
    assert plan.doubt is None


def test_a_stream_that_is_not_known_holds_no_other_back(bench: Workbench) -> None:
    bench.on("shop/web", 99)
    plan = only(bench.draw())
    assert lines(plan) == {"shop/api": None}
    assert [one.name for one in plan.unknown] == [WEB]


def test_a_line_whose_rebuilt_image_is_not_known_keeps_its_plan(bench: Workbench) -> None:
    before = only(bench.draw())
    bench.file(*before.lines)
    bench.on("shop/api", 12, base=NEW)
    plan = only(bench.draw(11))
    assert (named(plan)["fixes"], lines(plan)) == (["V"], {"shop/api": None})
    assert plan.doubt is not None


def test_what_is_not_known_is_no_reason_to_write_a_ticket_anew(bench: Workbench) -> None:
    before = only(bench.draw())
    bench.on("shop/web", 99)
    assert only(bench.draw()).substance == before.substance


def test_causes_of_several_lineages_are_planned_apart(bench: Workbench) -> None:
    bench.on("shop/web", 10)
    other = replace(bench.members[-1].head, tag="3.13")
    bench.members[-1] = replace(bench.members[-1], head=other)
    assert [one.cause for one in bench.draw()] == [
        SHOP,
        Cause("shop", "local/base/python:3.13"),
    ]


def test_an_old_base_that_is_not_known_is_named(bench: Workbench) -> None:
    bench.images[OLD] = None
    (one,) = only(bench.draw()).unknown
    assert "the base local/base/python:3.12@sha256:base1" in one.why
