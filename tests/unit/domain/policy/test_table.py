"""Decision tables: what is known leads to a limit, and what is missing is named."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.domain.policy import DEFAULT, UNLIMITED, Limit, Rule, Table, by_severity, undetermined

YES_NO = ("yes", "no")


def test_a_severity_without_a_rule_is_undetermined_and_never_free() -> None:
    some = by_severity("some", {"CRITICAL": 7, "LOW": None}).table
    assert some.limit({"severity": "CRITICAL"}) == Limit(timedelta(days=7))
    assert some.limit({"severity": "LOW"}) == UNLIMITED
    assert some.limit({"severity": "HIGH"}) == undetermined(["a rule for severity HIGH"])


def test_limits_by_severity_are_told_worst_first_and_only_where_nothing_else_decides() -> None:
    assert list(DEFAULT.limits.items()) == [("CRITICAL", 7), ("HIGH", 30), ("MEDIUM", 90)]
    assert DEFAULT.days == [7, 30, 90]


def test_an_input_is_missing_only_where_the_answer_hangs_on_it() -> None:
    rules = [Rule({"a": "yes", "b": "yes"}, 3), Rule({"a": "yes", "b": "no"}, 14)]
    table = Table(("a", "b"), (*rules, Rule({"a": "no"}, None)))
    assert table.limit({"a": "no"}) == UNLIMITED
    assert table.limit({"a": "yes"}) == undetermined(["b"])
    assert table.limit({"b": "yes"}) == undetermined(["a"])


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.sampled_from([None, 3.0, 14.0]), min_size=8, max_size=8),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(YES_NO)),
)
def test_a_limit_is_told_exactly_where_every_completion_of_what_is_known_agrees(
    outcomes: list[float | None], known: dict[str, str]
) -> None:
    rows = [dict(zip("abc", values, strict=True)) for values in product(YES_NO, repeat=3)]
    pairs = list(zip(rows, outcomes, strict=True))
    table = Table(("a", "b", "c"), tuple(Rule(row, days) for row, days in pairs))
    possible = {days for row, days in pairs if known.items() <= row.items()}
    limit = table.limit(known)
    assert limit.determined == (len(possible) == 1)
    if limit.determined:
        assert limit.time == (None if possible == {None} else timedelta(days=possible.pop() or 0))
    else:
        assert set(limit.missing) <= set("abc") - known.keys()
