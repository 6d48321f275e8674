"""The rules that `make mutate` breaks stand in the code, and the tests it asks are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutations import RULES, Rule

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_a_rule_can_be_broken_and_has_tests(rule: Rule) -> None:
    files = {one.file: (ROOT / one.file).read_text(encoding="utf-8") for one in rule.breaks}
    assert any(files[one.file].count(one.words) == 1 for one in rule.breaks)
    assert all((ROOT / one.partition("::")[0]).exists() for one in rule.tests)
    assert rule.tests
