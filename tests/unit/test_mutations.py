"""The rules that `make mutate` breaks stand in the code, and the tests it asks are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutations import RULES, Rule

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_a_rule_can_be_broken_and_has_tests(rule: Rule) -> None:
    assert (ROOT / rule.file).read_text(encoding="utf-8").count(rule.words) == 1
    assert rule.words != rule.instead
    assert rule.tests
    assert all((ROOT / one.partition("::")[0]).exists() for one in rule.tests)
