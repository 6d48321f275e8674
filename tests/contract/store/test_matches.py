"""The record of knowledge and matches signs the port `Matches`."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.fleet import day
from tests.contract.store.record import (
    ARM,
    begin,
    bind,
    bound,
    catalogue,
    catalogued,
    digest,
    finding,
    match,
    package,
    repository,
    rows,
)
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.tables.knowledge import (
    assessments,
    context_runs,
    matches,
    vulnerabilities,
)
from watcher.domain.errors import PermanentError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.ports.store.matches import Appearance, Assessment, ContextMatch, Stamp
from watcher.ports.store.passes import PassRecord

P1, P2, LIB = package("p1"), package("p2"), package("lib", context="language")
HIGH = Assessment("HIGH", "nvd", "affected", "")


def image_of(engine: Engine, this: PassRecord, *names: str) -> None:
    """Let `shop/api` have one image with these packages."""
    bind(engine, this, repository(engine, this), bound("A", 0))
    catalogued(engine, this, "A", catalogue([package(name) for name in names]))


def matched(engine: Engine) -> list[tuple[Any, ...]]:
    """Matches as (first, dated, first knowledge, lacked by, end, cause, opened in, closed in)."""
    wanted = (
        *("first", "dated_at", "first_knowledge", "lacked_by", "end_at", "end_cause"),
        *("opened_in", "closed_in"),
    )
    columns = [matches.c[name] for name in wanted]
    with engine.connect() as connection:
        statement = select(*columns).order_by(matches.c.id)
        return [tuple(row) for row in connection.execute(statement)]


def published(engine: Engine) -> dict[str, tuple[Any, ...]]:
    """Vulnerabilities as (published, recorded in, in a database since)."""
    columns = (vulnerabilities.c[n] for n in ("name", "published", "published_in", "in_db_at"))
    with engine.connect() as connection:
        return {row[0]: tuple(row)[1:] for row in connection.execute(select(*columns))}


def test_versions_come_back_in_the_order_of_their_adoption(engine: Engine) -> None:
    store = SqlMatches(engine)
    assert store.versions() == []
    one = store.adopt(begin(engine, 5), Stamp("0.74.0", digest("b"), "db:2", day(4), day(4)))
    two = store.adopt(begin(engine, 6), Stamp("0.75.0", digest("a"), "db:2", day(3), day(4)))
    assert store.versions() == [one, two]
    expected = KnowledgeVersion(one.number, "0.74.0", digest("b"), day(4), day(4), day(5))
    assert one == expected
    assert two.number > one.number


def test_the_java_database_in_force_is_the_last_adopted(engine: Engine) -> None:
    store, this = SqlMatches(engine), begin(engine, 0)
    assert store.java_db() is None
    store.adopt_java_db(this, digest("b"))
    store.adopt_java_db(this, digest("a"))
    assert store.java_db() == digest("a")


def test_a_context_counts_what_takes_part_in_no_match_yet(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlMatches(engine)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0), bound("B", 0, platform=ARM))
    catalogued(engine, this, "A", catalogue([P1, LIB]))
    assert [(one.name, one.last_version, one.new) for one in store.contexts(day(-30))] == [
        ("debian 12", None, 1),
        ("language", None, 1),
    ]
    version = match(engine, this, 0, {})
    catalogued(engine, this, "B", catalogue([P1, P2]))
    assert [(one.name, one.last_version, one.new) for one in store.contexts(day(-30))] == [
        ("debian 12", version.number, 1),
        ("language", version.number, 0),
    ]
    (context, _) = store.contexts(day(-30))
    assert list(store.in_scope(context.number, day(-30), only_new=True).values()) == [P2]
    assert list(store.in_scope(context.number, day(-30), only_new=False).values()) == [P1, P2]


def test_images_stay_in_scope_for_a_while_after_their_last_binding(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlMatches(engine)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0))
    catalogued(engine, this, "A", catalogue([P1]))
    later = begin(engine, 5)
    bind(engine, later, number, bound("A", 0, 5), bound("B", 5))
    catalogued(engine, later, "B", catalogue([P2]))
    context = store.contexts(day(-30))[0].number
    assert list(store.in_scope(context, day(4.9), only_new=False).values()) == [P1, P2]
    assert list(store.in_scope(context, day(5), only_new=False).values()) == [P2]
    assert [one.new for one in store.contexts(day(4.9))] == [2]
    assert [one.new for one in store.contexts(day(5))] == [1]


def test_what_was_bound_by_mistake_is_not_in_scope(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlMatches(engine)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0))
    catalogued(engine, this, "A", catalogue([P1]))
    bind(engine, begin(engine, 1), number, bound("B", 0))
    assert store.contexts(day(-30)) == []


def test_packages_take_part_leave_and_return(engine: Engine) -> None:
    first, store = begin(engine, 0), SqlMatches(engine)
    number = repository(engine, first)
    bind(engine, first, number, bound("A", 0))
    catalogued(engine, first, "A", catalogue([P1]))
    one = match(engine, first, 0, {"p1": ["V"]})
    context = store.contexts(day(-30))[0].number
    ((identifier, dropped),) = store.taking_part(context).items()
    assert dropped is None
    second = begin(engine, 40)
    bind(engine, second, number, bound("A", 0, 1), bound("B", 1))
    catalogued(engine, second, "B", catalogue([P2]))
    match(engine, second, 40, {})
    assert store.taking_part(context)[identifier] == one.number
    # Nobody looked, so nothing ended.
    assert store.held(context) == {(identifier, "V"): HIGH}
    third = begin(engine, 41)
    bind(engine, third, number, bound("A", 0, 1), bound("B", 1, 41), bound("A", 41))
    match(engine, third, 41, {"p1": ["V"]})
    assert store.taking_part(context)[identifier] is None
    assert [(row[0], row[-1]) for row in matched(engine)] == [(True, None)]


def test_a_match_that_was_never_lacked_has_no_date_of_its_own(engine: Engine) -> None:
    this = begin(engine, 0)
    image_of(engine, this, "p1")
    version = match(engine, this, -1, {"p1": ["V"]})
    assert matched(engine) == [(True, None, version.number, None, None, None, this.number, None)]


def test_a_match_appears_ends_and_appears_again(engine: Engine) -> None:
    found: list[list[str]] = [[], ["V"], [], ["V"]]
    numbers: list[int] = []
    opened: list[int] = []
    for at, names in zip((0, 5, 10, 15), found, strict=True):
        this = begin(engine, at)
        if not opened:
            image_of(engine, this, "p1")
        numbers.append(match(engine, this, at - 1, {"p1": names}).number)
        opened.append(this.number)
    assert matched(engine) == [
        (
            *(True, day(4), numbers[1], numbers[0], day(9), "knowledge_withdrawn"),
            *(opened[1], opened[2]),
        ),
        (False, day(14), numbers[3], numbers[2], None, None, opened[3], None),
    ]


def test_the_same_answer_again_changes_no_match(engine: Engine) -> None:
    first = begin(engine, 0)
    image_of(engine, first, "p1", "p2")
    match(engine, first, 0, {"p1": ["V", "W"]})
    second = begin(engine, 1)
    before = (matched(engine), rows(engine))
    match(engine, second, 1, {"p1": ["V", "W"]})
    assert matched(engine) == before[0]
    grown = {name: n - before[1][name] for name, n in rows(engine).items() if n != before[1][name]}
    assert grown == {"knowledge": 1, "context_runs": 1}


def test_another_severity_or_fix_reassesses_and_ends_nothing(engine: Engine) -> None:
    first = begin(engine, 0)
    image_of(engine, first, "p1")
    match(engine, first, 0, {"p1": ["V"]})
    second = begin(engine, 1)
    match(engine, second, 1, {"p1": ["V"]}, severity="LOW", fixed_version="2", status="fixed")
    assert [row[-1] for row in matched(engine)] == [None]
    assert list(SqlMatches(engine).held(1).values()) == [Assessment("LOW", "nvd", "fixed", "2")]
    with engine.connect() as connection:
        columns = ("severity", "effective_at", "opened_in", "closed_in")
        statement = select(*(assessments.c[name] for name in columns)).order_by(assessments.c.id)
        assert [tuple(row) for row in connection.execute(statement)] == [
            ("HIGH", day(0), first.number, second.number),
            ("LOW", day(1), second.number, None),
        ]


def test_an_ended_match_is_no_longer_held_and_its_assessment_is_closed(engine: Engine) -> None:
    first = begin(engine, 0)
    image_of(engine, first, "p1")
    match(engine, first, 0, {"p1": ["V"]})
    match(engine, second := begin(engine, 1), 1, {"p1": []})
    assert SqlMatches(engine).held(1) == {}
    with engine.connect() as connection:
        assert connection.scalar(select(assessments.c.closed_in)) == second.number


def test_the_published_date_is_the_one_first_recorded(engine: Engine) -> None:
    first = begin(engine, 0)
    image_of(engine, first, "p1", "p2")
    match(engine, first, -1, {"p1": ["V"]})
    assert published(engine) == {"V": (None, None, day(-1))}
    second = begin(engine, 1)
    match(engine, second, 1, {"p1": ["V"], "p2": ["V"]}, published=day(-30))
    assert published(engine) == {"V": (day(-30), second.number, day(-1))}
    changed = {"severity": "LOW", "published": day(-20)}
    match(engine, begin(engine, 2), 2, {"p1": ["V"], "p2": ["V"]}, **changed)
    assert published(engine) == {"V": (day(-30), second.number, day(-1))}


def test_a_whole_match_is_a_run_of_its_context(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlMatches(engine)
    image_of(engine, this, "p1", "p2")
    version = match(engine, this, 0, {})
    with engine.connect() as connection:
        (run,) = connection.execute(select(context_runs))
    assert (run.knowledge_id, run.package_count) == (version.number, 2)
    (context,) = store.contexts(day(-30))
    only_new = ContextMatch(
        context=context.number,
        last_version=version.number,
        whole=False,
        package_count=1,
        joined=frozenset(),
        left=frozenset(),
        appeared=(),
        disappeared=(),
        reassessed=(),
    )
    store.record(this, version, only_new)
    assert rows(engine)["context_runs"] == 1


@pytest.mark.parametrize("name", ["CVE\0", "CVE-\ud83d", "C" * 129])
def test_a_vulnerability_without_a_usable_name_is_refused_whole(engine: Engine, name: str) -> None:
    this = begin(engine, 0)
    image_of(engine, this, "p1")
    with pytest.raises(PermanentError, match="which is no name") as refused:
        match(engine, this, 0, {"p1": ["V", name]})
    assert str(refused.value).isascii()
    assert matched(engine) == []
    assert rows(engine)["vulnerabilities"] == 0


@pytest.mark.parametrize("text", ["it's 100%", "ü漢🐳", "NUL \0", "\ud83d", "x" * 9000])
def test_what_knowledge_says_of_a_finding_is_kept(engine: Engine, text: str) -> None:
    first = begin(engine, 0)
    image_of(engine, first, "p1")
    told = {"status": text, "fixed_version": text, "severity_source": text, "title": text}
    match(engine, first, 0, {"p1": ["V"]}, **told)
    kept = text.replace("\0", "�").replace("\ud83d", "�")
    assert list(SqlMatches(engine).held(1).values()) == [Assessment("HIGH", kept, kept, kept)]
    match(engine, begin(engine, 1), 1, {"p1": []})
    assert [row[5] for row in matched(engine)] == ["knowledge_withdrawn"]


def test_20000_findings_are_recorded_and_ended(engine: Engine) -> None:
    first, store = begin(engine, 0), SqlMatches(engine)
    image_of(engine, first, "p1")
    version = store.adopt(first, Stamp("0.74.0", digest("db"), "db:2", day(0), day(0)))
    (context,) = store.contexts(day(-30))
    ((identifier, one),) = store.in_scope(context.number, day(-30), only_new=True).items()
    found = [finding(one, f"CVE-{n}", published=day(-n)) for n in range(20_000)]
    appeared = tuple(Appearance(identifier, said, None, None) for said in found)
    many = ContextMatch(
        context=context.number,
        last_version=None,
        whole=True,
        package_count=1,
        joined=frozenset({identifier}),
        left=frozenset(),
        appeared=appeared,
        disappeared=(),
        reassessed=(),
    )
    store.record(first, version, many)
    assert len(store.held(context.number)) == 20_000
    match(engine, begin(engine, 1), 1, {"p1": ["CVE-7"]})
    assert set(store.held(context.number)) == {(identifier, "CVE-7")}
