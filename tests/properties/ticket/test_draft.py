"""The ticket as a team reads it: what to change first, everything exact, nothing without end."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.properties.ticket.rendered import Rendered
from tests.properties.ticket.sample import KEY, SAMPLE, on
from tests.properties.ticket.test_neutral import HOSTILE
from watcher.domain.ticket import (
    BaseInUse,
    BumpTicket,
    Cause,
    Done,
    Fix,
    Line,
    LineName,
    OwnFinding,
    Remaining,
    SetAside,
    Target,
    Terms,
    TicketKey,
    Unknown,
    marked,
    marker,
)
from watcher.ports.tracker import TicketWriter
from watcher.report.ticket import LONGEST, draft

GOLDEN = Path(__file__).with_name("golden.md")
DIGEST = "sha256:" + "a" * 64
SMALL = BumpTicket(
    cause=Cause("shop", "local/base/node:22"),
    action="rebuild",
    base_name="node:22",
    base_reference="registry.example/base/node:22",
    target=Target("registry.example/base/node:22", DIGEST),
    lines=(Line(LineName("local/shop/api:latest", "linux/amd64"), DIGEST, {"HIGH": 1}),),
    fixes=(Fix("CVE-2026-1", "HIGH", "zlib", "1.3", streams=1),),
    threshold="HIGH",
    exposure_days_per_week=1,
    oldest_days=1,
    scanner="Trivy 0.74.0",
    database_time=on("23 Nov"),
    as_of=on("23 Nov"),
)
DONE = replace(
    SMALL,
    fixes=(),
    listed=SMALL.fixes,
    exposure_days_per_week=0,
    lines=(replace(SMALL.lines[0], done=Done(on("24 Nov"))),),
)


def body(bump: BumpTicket) -> str:
    return draft(bump, TicketKey(1, bump.cause)).body


def test_the_ticket_of_the_design_is_written_as_it_was_designed() -> None:
    writer: TicketWriter = draft
    written = writer(SAMPLE, KEY)
    assert written.body == GOLDEN.read_text(encoding="utf-8")
    assert written.title == "Rebuild on the new base python:3.12-slim"
    assert written.labels == ("watcher", "base-image", "severity/critical")
    assert written.key == KEY


def test_a_ticket_says_what_to_change_before_anything_else() -> None:
    first = body(SAMPLE).split("<details>")[0]
    assert first.index("-FROM ") < first.index("**Why.**") < first.index("- [ ]")


def test_a_rebuild_needs_no_edit_and_a_pin_does() -> None:
    assert "Then nothing to edit: rebuild with `--pull`." in body(SMALL)
    pin = replace(SMALL, action="pin", bases=(BaseInUse("sha256:" + "b" * 64),))
    assert draft(pin, KEY).title == "Pin the new base node:22"
    inside = replace(pin, base_name="base/node:22")
    assert draft(inside, KEY).title == "Pin the new base/node:22"
    assert draft(replace(SMALL, base_name="bases/x"), KEY).title == "Rebuild on the new bases/x"
    assert draft(replace(SMALL, base_name="rebased:1"), KEY).title.endswith("new base rebased:1")
    assert "**Pin the new `node:22` in 1 stream.** Same tag, newer packages." in body(pin)
    assert f"-FROM registry.example/base/node:22@sha256:{'b' * 64}\n" in body(pin)
    assert f"+FROM registry.example/base/node:22@{DIGEST}\n" in body(pin)
    assert "nothing to edit" not in body(pin)


def test_a_version_names_both_ends_of_the_move() -> None:
    move = replace(
        SMALL,
        action="version",
        target=Target("registry.example/base/node:24", DIGEST),
        target_name="node:24",
    )
    assert draft(move, KEY).title == "Move from node:22 to node:24"
    assert "**Move 1 stream from `node:22` to `node:24`.**" in body(move)
    assert "-FROM registry.example/base/node:22\n" in body(move)


def test_one_is_singular_everywhere() -> None:
    text = body(SMALL)
    assert "**Rebuild 1 stream on the new `node:22`.**" in text
    why = (
        "Ends **1** high exposure (1 vulnerability, the oldest open for 1 day): **1 exposure-day a"
    )
    assert why in text
    assert "<b>Fixes</b>: 1 vulnerability, 1 exposure in 1 stream<" in text
    assert "listed, 1 high vulnerability, in its stream (1 ended by a newer image)" in body(DONE)


def test_the_worst_are_named_and_what_is_exploited_before_anything_else() -> None:
    assert "\n\nThe worst: CVE-2026-1 (high) in zlib.\n" in body(SMALL)
    listed = tuple(Fix(f"CVE-2026-{one}", "CRITICAL", "tar") for one in range(2, 6))
    exploited = Fix("CVE-2026-9", "HIGH", "ssl", known_exploited=True)
    text = body(replace(SMALL, fixes=(*SMALL.fixes, *listed, exploited)))
    named = "CVE-2026-9 (high, KEV) in ssl, CVE-2026-2 (critical) in tar and CVE-2026-3"
    assert f"The worst: {named} (critical) in tar." in text
    low = replace(SMALL.fixes[0], severity="LOW")
    assert "The worst" not in body(replace(SMALL, fixes=(low,)))


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ("system", "names another release of the system below"),
        ("date", "the tag is a date"),
        ("build", "the tag is a later build"),
        ("prefix", "without the `v`"),
    ],
)
def test_a_move_of_second_class_says_so(move: str, said: str) -> None:
    text = body(replace(SMALL, action="version", move=move))
    assert "**Second class**: " in text
    assert said in text
    for plain in ("version", ""):
        assert "Second class" not in body(replace(SMALL, move=plain))


def test_the_end_of_a_systems_life_is_said() -> None:
    ended = replace(SMALL, base_system="debian 10.13")
    assert "**End of life**: `debian 10.13`, the system of the base, gets no fixes" in body(ended)
    assert "The new base's is maintained." in body(ended)
    both = replace(ended, target_system="debian 10.14")
    assert "The new base's is at its end as well." in body(both)
    assert "End of life" not in body(SMALL)


def test_images_that_wait_for_these_are_counted() -> None:
    assert "3 streams of images built on these wait for this." in body(replace(SMALL, beneath=3))
    assert "1 stream of images built on these waits for this." in body(replace(SMALL, beneath=1))


def test_what_is_set_aside_is_shown_and_not_counted() -> None:
    aside = SetAside("CVE-2026-7", "CRITICAL", "tar", "risk accepted by ada until 2026-12-31: x", 2)
    text = body(replace(SMALL, set_aside=(aside,)))
    assert "Not counted: 1 vulnerability set aside by VEX or as accepted risks, see below." in text
    assert "<summary><b>Set aside</b>, and not counted: 1 vulnerability</summary>" in text
    row = "| CVE-2026-7 | critical | tar | 2 | risk accepted by ada until 2026-12-31: x |"
    assert row in text
    assert "| **fixes**, vulnerabilities | 0 | 1 | 0 | 0 |" in text


def test_what_is_expected_on_rebuild_is_told_apart_from_what_stays() -> None:
    (jinja,) = SAMPLE.own
    assert "expected on rebuild" not in body(replace(SMALL, own=(jinja,)))
    text = body(replace(SMALL, own=(replace(jinja, expected=True),)))
    assert "`harbor/data/dbt-runner#3`; expected on rebuild\n" in text
    assert "they install from the distribution, which has a fix." in text


def test_great_numbers_are_grouped() -> None:
    assert "**24,698 exposure-days a week**" in body(replace(SMALL, exposure_days_per_week=24_698))


def test_what_is_urgent_is_said() -> None:
    severe = replace(SMALL.fixes[0], known_exploited=True, streams=3, past_due=2)
    said = body(replace(SMALL, fixes=(severe,)))
    assert "**one known to be exploited**, 2 of 3 past due" in said
    assert "| CVE-2026-1 | high, KEV | zlib |" in said
    due = body(replace(SMALL, next_due=on("30 Nov")))
    assert "the first due on 30 Nov 2026" in due


def test_a_ticket_whose_lines_are_all_done_asks_for_nothing() -> None:
    text = body(DONE)
    assert text.startswith(
        "**Done since 24 Nov 2026**: nothing is left to do of what it listed, 1 high "
        "vulnerability, in its stream (1 ended by a newer image), by matching with Trivy 0.74.0 "
        "and the database of 23 Nov 2026, 06:00 UTC.\n"
    )
    for needless in ("FROM", "- [ ]", "**fixes**", "Exact", "below", "of your", "watcher ticks"):
        assert needless not in text
    assert "- [x] `local/shop/api:latest` amd64: 24 Nov\n" in text


def test_a_ticket_that_is_done_keeps_what_it_ended() -> None:
    forgotten = Fix("CVE-2026-0", "CRITICAL", "")  # of which only this much was remembered
    text = body(replace(DONE, listed=(*DONE.listed, forgotten)))
    assert "listed, 2 critical and high vulnerabilities, in its stream" in text
    assert "<summary><b>Ended</b>: 2 vulnerabilities</summary>" in text
    assert "| CVE-2026-0 | critical | – | – |\n| CVE-2026-1 | high | zlib | 1.3 |\n" in text
    assert "<summary><b>Done, 1</b>: 2 critical and high exposures ended, 1 of them before" in text


def test_a_ticket_that_is_done_credits_what_ended_by_an_earlier_move() -> None:
    listed = tuple(Fix(f"CVE-2026-{number}", "HIGH", "zlib") for number in range(24))
    (line,) = DONE.lines
    one = replace(line, ended={"HIGH": 6})
    text = body(replace(DONE, listed=listed, lines=(one,)))
    assert "listed, 24 high vulnerabilities, in its stream" in text
    head = "24 critical and high exposures ended, 18 of them before its last move</summary>"
    assert f"<b>Done, 1</b>: {head}" in text
    other = replace(one, name=LineName("local/shop/web:latest", "linux/amd64"))
    text = body(replace(DONE, listed=listed, lines=(one, other)))
    assert "<b>Done, 2</b>: 12 critical and high exposures ended</summary>" in text
    lost = "What streams had of the 24 vulnerabilities listed and lost before their last move"
    assert f"{lost} is not counted." in text
    text = body(replace(DONE, listed=listed[:6], lines=(one,)))
    assert "6 critical and high exposures ended</summary>" in text


def test_a_ticket_that_is_done_says_by_what_evidence_since_when() -> None:
    (first,) = SMALL.lines
    because: tuple[Any, ...] = ("remediated", "retired", "moved", "remediated", "withdrawn")
    lines = [
        replace(first, name=LineName(f"local/shop/{number}:latest", "linux/amd64"), done=done)
        for number, why in enumerate(because)
        for done in (Done(on(f"{20 - number} Nov"), why),)
    ]
    text = body(replace(DONE, lines=tuple(lines), listed=()))
    assert text.startswith(
        "**Done since 20 Nov 2026**: nothing is left to do of what it was filed for in its 5 "
        "streams (2 ended by a newer image, 1 withdrawn by the database, 1 retired, 1 another "
        "team's now), by"
    )


def test_what_a_ticket_listed_before_is_told_while_lines_are_to_do() -> None:
    before = Fix("CVE-2026-0", "CRITICAL", "tar", "2")
    text = body(replace(SMALL, listed=(before,)))
    assert "<b>Listed before</b>: 1 vulnerability<" in text
    assert "| CVE-2026-0 | critical | tar | 2 |\n\nA stream that has one of these is not" in text
    assert "one of these is not ticked" not in body(SMALL)
    # A plan whose streams have left the lineage proves nothing, and counts nothing.
    left = body(replace(SMALL, fixes=(), listed=(before,)))
    assert "**fixes**" not in left
    assert "Exact" not in left
    assert "| CVE-2026-0 | critical | tar | 2 |" in left


def test_streams_of_which_nothing_is_proven_are_named_and_no_lines() -> None:
    unknown = Unknown(LineName("local/shop/web:latest", "linux/arm64"), "only the rebuild can tell")
    text = body(replace(SMALL, unknown=(unknown,)))
    assert "<b>Not proven yet</b>: 1 stream<" in text
    assert "- `local/shop/web:latest` arm64: only the rebuild can tell\n" in text
    assert text.count("- [ ]") == 1


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("withdrawn", "the database names it no more"),
        ("excused", "VEX says it is not affected"),
        ("accepted", "the risk is accepted"),
        ("retired", "the stream is retired"),
        ("moved", "another team's now"),
        ("out_of_scope", "out of scope now"),
    ],
)
def test_a_line_done_without_a_fix_says_why(because: Any, said: str) -> None:  # noqa: ANN401
    line = replace(SMALL.lines[0], done=Done(on("24 Nov"), because))
    assert f"amd64: 24 Nov, {said}\n" in body(replace(SMALL, lines=(line,)))


def test_days_of_another_year_carry_it() -> None:
    line = replace(SMALL.lines[0], on_base_since=datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    assert "on the base of 31 Dec 2025\n" in body(replace(SMALL, lines=(line,)))


def test_a_threshold_names_its_severities() -> None:
    medium = body(replace(SMALL, threshold="MEDIUM"))
    assert "(exposures ended: critical + high + medium)" in medium
    assert "none of the critical, high and medium vulnerabilities listed under Fixes" in medium
    assert "amd64: 0 + 1 + 0\n" in medium


def test_an_unknown_severity_gets_a_column_only_where_there_is_one() -> None:
    assert "| low |\n" in body(SMALL)
    left = Remaining("CVE-2026-2", "UNKNOWN", "zlib", "no fix")
    assert "| low | unknown |\n" in body(replace(SMALL, remains=(left,)))


def test_a_listing_as_exploited_is_promised_only_where_a_list_is_asked() -> None:
    assert "unless a worse severity appears." in body(SMALL)
    asking = Terms(dismissal=timedelta(days=30), kev=True)
    text = draft(SMALL, KEY, terms=asking).body
    assert "stays closed for 30 days, unless one is listed as known exploited or a worse" in text


def test_what_must_be_gone_is_named_by_its_table() -> None:
    before = Fix("CVE-2026-0", "CRITICAL", "tar", "2")
    assert "listed under Fixes is left" in body(replace(SMALL, listed=(before,)))
    left = body(replace(SMALL, fixes=(), listed=(before,)))
    assert "listed under Listed before is left" in left


def test_a_link_that_is_none_is_left_out() -> None:
    for wrong in ("javascript:alert(1)", "https://x/)[y](z", "https://x y", "https://x/>"):
        assert "This bump" not in body(replace(SMALL, link=wrong))


def test_figures_that_move_by_time_are_not_the_substance() -> None:
    later = replace(
        SAMPLE,
        as_of=SAMPLE.as_of + timedelta(days=1),
        database_time=SAMPLE.as_of,
        oldest_days=149,
        exposure_days_per_week=575,
        fixes=tuple(reversed(SAMPLE.fixes)),
        lines=tuple(reversed(SAMPLE.lines)),
    )
    assert later.substance == SAMPLE.substance
    ticked = (replace(SAMPLE.lines[0], done=Done(on("23 Nov"))), *SAMPLE.lines[1:])
    for changed in (
        replace(SAMPLE, lines=ticked),
        replace(SAMPLE, lines=SAMPLE.lines[1:]),
        replace(SAMPLE, fixes=SAMPLE.fixes[1:]),
        replace(SAMPLE, action="pin"),
        replace(SAMPLE, target=replace(SAMPLE.target, digest=DIGEST)),
        replace(SAMPLE, introduces=SAMPLE.fixes[:1]),
        replace(SAMPLE, remains=SAMPLE.remains[1:]),
        replace(SAMPLE, set_aside=(SetAside("CVE-2026-1", "HIGH", "zlib", ""),)),
        replace(SAMPLE, base_system="debian 10"),
        replace(SAMPLE, move="system"),
    ):
        assert changed.substance != SAMPLE.substance


def many(count: int, text: str = "x" * 300) -> BumpTicket:
    """A ticket with so many rows of everything."""
    names = [LineName(f"{text}{index}", text) for index in range(count)]
    done = Done(on("3 Nov"))
    return replace(
        SAMPLE,
        base_name=text,
        base_reference=text,
        target=Target(text, text, on("3 Nov")),
        target_name=text,
        lines=tuple(
            Line(name, text, {"HIGH": 1}, done=done if index % 2 else None)
            for index, name in enumerate(names)
        ),
        fixes=tuple(Fix(f"{text}{one}", "HIGH", text, text, streams=1) for one in range(count)),
        remains=tuple(Remaining(f"{text}{one}", "HIGH", text, text) for one in range(count)),
        introduces=tuple(Fix(f"{text}{one}", "LOW", text, text) for one in range(count)),
        unproven=tuple(Remaining(f"{text}{one}", "HIGH", text, text) for one in range(count)),
        unknown=tuple(Unknown(name, text) for name in names),
        listed=tuple(Fix(f"{text}{one}", "HIGH", text, text) for one in range(count)),
        own=tuple(
            OwnFinding(f"{text}{one}", "HIGH", text, text, text, (text,) * count)
            for one in range(count)
        ),
        evidence=(text,) * count,
        bases=tuple(BaseInUse(text, on("3 Nov")) for _ in range(count)),
        labels=(text,) * count,
    )


@pytest.mark.parametrize("text", ["x" * 300, "|" * 5000, "`" * 5000, "\u202e" * 5000, "@a " * 3000])
@pytest.mark.parametrize("count", [0, 1, 40, 2000])
def test_a_text_is_bounded_and_its_marker_last_and_whole(count: int, text: str) -> None:
    written = draft(many(count, text), KEY)
    assert len(written.body) <= LONGEST
    assert written.body.endswith(f"\n\n{marker(KEY)}\n")
    assert len(written.title) <= 250
    assert all(len(label) <= 50 for label in written.labels)


def test_rows_left_out_are_counted_and_their_place_is_named() -> None:
    text = body(replace(many(2000), link="https://watcher.example/b"))
    shown = text.count("- [ ] ")
    place = "[This bump in watcher](<https://watcher.example/b>) has them all"
    assert 0 < shown < 1000
    assert f"… and {1000 - shown:,} more: {place}." in text
    assert "`watcher bumps` lists them all" in body(replace(many(2000), link=None))


def test_the_worst_lines_are_the_ones_that_stay() -> None:
    lines = [
        Line(LineName(f"local/shop/a{index:04}:latest", "linux/amd64"), DIGEST, {"HIGH": 1})
        for index in range(2000)
    ]
    worst = Line(LineName("local/shop/z:latest", "linux/amd64"), DIGEST, {"CRITICAL": 1})
    first = body(replace(SMALL, lines=(*lines, worst))).split("- [ ] ")[1]
    assert first.startswith("`local/shop/z:latest`")


def poisoned(value: Any, text: str) -> Any:  # noqa: ANN401 any value there is
    """The same value with `text` wherever anything comes from outside."""
    if isinstance(value, BumpTicket):
        kept = {"cause", "action", "threshold", "link", "move", "base_system", "target_system"}
    elif isinstance(value, Done):
        kept = {"because"}
    else:
        kept = {"severity"}
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            one.name: poisoned(getattr(value, one.name), text)
            for one in fields(value)
            if one.name not in kept and one.init
        }
        return replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(poisoned(one, text) for one in value)
    return text if isinstance(value, str) else value


@given(text=HOSTILE)
@settings(max_examples=60, deadline=None)
def test_a_ticket_of_hostile_names_is_built_like_one_of_harmless_names(text: str) -> None:
    sample = replace(
        SAMPLE,
        unknown=(Unknown(SAMPLE.lines[0].name, ""),),
        listed=SAMPLE.fixes[:2],
        set_aside=(SetAside("CVE-2026-1", "HIGH", "zlib", "", 2),),
        move="system",
        beneath=3,
    )
    plain = replace(poisoned(sample, "x"), base_system="x", target_system="x")
    harmless = Rendered.of(draft(plain, KEY).body)
    ended = replace(poisoned(sample, text), base_system=text or "x", target_system=text or "x")
    written = draft(ended, KEY).body
    hostile = Rendered.of(written)
    assert structure(hostile) == structure(harmless)
    assert hostile.html() == harmless.html()
    assert hostile.references() == []
    assert written.count("\n- [ ] ") == 12
    assert written.count("\n- [x] ") == 9
    assert written.splitlines()[-1] == marker(KEY)
    found = marked(written)
    assert found is not None
    assert (found.key, written[found.end :]) == (KEY, "\n")


@given(text=HOSTILE)
@settings(max_examples=30, deadline=None)
def test_a_ticket_that_is_done_is_built_alike_whatever_the_names(text: str) -> None:
    lines = tuple(line for line in SAMPLE.lines if line.done)
    done = replace(SAMPLE, lines=lines, fixes=(), listed=SAMPLE.fixes)
    harmless = Rendered.of(draft(poisoned(done, "x"), KEY).body)
    hostile = Rendered.of(draft(poisoned(done, text), KEY).body)
    assert structure(hostile) == structure(harmless)
    assert hostile.html() == harmless.html()
    assert hostile.references() == []


def structure(page: Rendered) -> list[str]:
    ignored = {"code_inline", "text_special"}
    return [one for one in page.kinds() if one not in ignored]


def test_the_ticket_of_the_design_holds_no_link_but_its_own() -> None:
    page = Rendered.of(body(SAMPLE))
    links = [one.attrs["href"] for one in page.tokens if one.type == "link_open"]
    assert links == ["https://watcher.acme.example/bumps/data/python-3.12-slim"]
    assert page.references() == []
