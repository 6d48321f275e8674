"""Which accepted risk is shown beside an exposure."""

from __future__ import annotations

from tests.unit.domain.days import day
from watcher.domain.acceptance import Acceptance, accepted
from watcher.domain.pattern import Pattern


def risk(name: str = "CVE-1", match: str | None = None, expires: float = 9) -> Acceptance:
    return Acceptance(name, Pattern(match) if match else None, "why", "ada", day(expires))


def found(*risks: Acceptance, names: tuple[str, ...] = ("CVE-1", "GHSA-1")) -> Acceptance | None:
    return accepted(risks, names, "local/shop/api", "local/shop/api:latest")


def test_a_risk_is_accepted_by_any_of_its_ids_and_no_other() -> None:
    assert found(risk("GHSA-1")) == risk("GHSA-1")
    assert found(risk("CVE-2")) is None


def test_a_match_names_repositories_or_streams() -> None:
    for match in ("local/shop/**", "local/shop/api:latest"):
        assert found(risk(match=match)) == risk(match=match)
    assert found(risk(match="local/web/**")) is None


def test_the_one_that_holds_the_longest_is_shown() -> None:
    assert found(risk(expires=3), risk(expires=9), risk(expires=5)) == risk(expires=9)


def test_it_is_over_from_the_moment_it_expires() -> None:
    assert not risk(expires=9).expired(day(8.99))
    assert risk(expires=9).expired(day(9))
