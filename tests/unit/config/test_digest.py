"""The digest's configuration: when it is due, and who would get none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.config.conftest import Load, Refuse
from watcher.config.digest import Digest


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T06:59:59", "2026-02-23T07:00:00"),
        ("2026-03-02T07:00:00", "2026-03-02T07:00:00"),
        ("2026-03-08T23:00:00", "2026-03-02T07:00:00"),
    ],
)
def test_it_is_due_once_a_week(now: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert Digest().last_due(at) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("when: monday", "digest.when: must be a day and a time in UTC, such as mon 07:00"),
        ("readers: [{mail: [x]}]", "'x' is no address of mail"),
        ("readers: [{mail: [a@b]}]", "no mail can be sent: configure web.smtp"),
        ("readers: [{team: shop}]", "nothing is sent to: give mail, or a webhook"),
        ("readers: [{team: shop, webhook: 'https://x/y'}]", "there is no team named shop"),
    ],
)
def test_a_digest_that_reaches_nobody_is_refused(refused: Refuse, text: str, line: str) -> None:
    assert any(line in one for one in refused(f"digest: {{{text}}}"))


def test_a_team_that_is_configured_reads_it(loaded: Load) -> None:
    told = "owners: [{team: shop}]\ndigest: {readers: [{team: shop, webhook: 'https://x/y'}]}"
    assert loaded(told).digest.readers[0].team == "shop"
