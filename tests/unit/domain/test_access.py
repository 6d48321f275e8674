"""Roles: each may what those above it may, but for metrics, which is apart."""

from __future__ import annotations

from watcher.domain.access import Role


def test_each_role_reaches_those_that_may_less() -> None:
    order = [Role.VIEWER, Role.OPERATOR, Role.ADMIN]
    for place, one in enumerate(order):
        assert [one.reaches(other) for other in order] == [n <= place for n in range(3)]


def test_metrics_is_reached_by_itself_alone_and_reaches_nothing_else() -> None:
    for role in Role:
        assert role.reaches(Role.METRICS) is (role is Role.METRICS)
        assert Role.METRICS.reaches(role) is (role is Role.METRICS)
