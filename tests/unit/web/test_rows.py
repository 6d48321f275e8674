"""Windows as rows: what each cell says of the exposures document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from watcher.web.rows import EndedBy, ShownPackage, rows_of

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)

EPISODE = ("to", "cause", "backfilled", "due", "due_state")


def window(**told: object) -> dict[str, Any]:
    """A window of one open episode, high, since the first of March."""
    episode: dict[str, Any] = {
        "from": "2026-03-01T12:00:00Z",
        "to": None,
        "cause": None,
        "backfilled": False,
        "last_image": f"sha256:{'1' * 64}",
        "ended_by": None,
        "due": "2026-03-31T12:00:00Z",
        "due_state": "due",
        "packages": [{"purl": "pkg:pypi/x@1", "fixed_version": "2", "status": "fixed"}],
        **{name: told.pop(name) for name in EPISODE if name in told},
    }
    return {
        "registry": "local",
        "repository": "shop/api",
        "stream": "2",
        "by": "version",
        "platform": "linux/amd64",
        "team": "shop",
        "covered": True,
        "acceptance": None,
        "vulnerability": "CVE-1",
        "severity": "HIGH",
        "open": episode["to"] is None,
        "cumulative_days": 30.0,
        "episodes": [episode],
        **told,
    }


def test_an_open_window_is_late_by_the_days_behind_its_due_time() -> None:
    high, critical, low = rows_of(
        [
            window(),
            window(due="2026-03-08T12:00:00Z"),
            window(due=None, due_state="unlimited"),
        ],
        NOON,
    )
    assert (high.due, high.late) == ("2026-03-31T12:00:00Z", 0)
    assert (critical.due, critical.late) == ("2026-03-08T12:00:00Z", 23)
    assert (low.due, low.due_state, low.days) == (None, "unlimited", 30)


def test_a_closed_window_is_late_by_when_it_closed() -> None:
    (row,) = rows_of(
        [window(due="2026-03-08T12:00:00Z", to="2026-03-10T12:00:00Z", cause="remediated")],
        NOON,
    )
    assert (row.open, row.cause, row.late, row.days) == (False, "remediated", 2, 9)


def test_rows_of_one_vulnerability_that_stand_together_repeat_it() -> None:
    names = ["A", "A", "B", "A"]
    rows = rows_of([window(vulnerability=name) for name in names], NOON)
    assert [row.repeats for row in rows] == [False, True, False, False]


def test_an_open_bump_says_what_would_end_a_window() -> None:
    def bump(state: str, *, done: bool) -> dict[str, Any]:
        image = {"stream": "local/shop/api#2", "platform": "linux/amd64", "done": done}
        return {
            "key": "1:shop:base",
            "state": state,
            "base": {"name": "base"},
            "ticket": {"id": "7"},
            "images": [image],
            "fixes": [{"vulnerability": "CVE-1"}],
        }

    def ends(state: str, *, done: bool = False) -> EndedBy | None:
        bumps = {"bumps": [bump(state, done=done)]}
        (row,) = rows_of([window()], NOON, bumps)
        return row.ends

    assert ends("open") == EndedBy("1:shop:base", "base", "7")
    assert ends("open", done=True) is None
    assert ends("dismissed") is None


def test_packages_of_a_window_are_named_once() -> None:
    (row,) = rows_of([window()], NOON)
    assert row.packages == (ShownPackage("x", "1", "2"),)
    assert (row.stream, row.repository) == ("local/shop/api#2", "local/shop/api")
