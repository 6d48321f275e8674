"""What docs/exposure.md says of walking its example down is so."""

from __future__ import annotations

from collections import Counter

from tests.unit.domain.days import day
from tests.unit.report.figures.test_documented import PAGE, example
from watcher.domain.policy import DEFAULT
from watcher.report.explain.question import question
from watcher.report.explain.walk import walk
from watcher.report.figures.management import NOTHING
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY

PERIOD = Period(day(0), day(90))


def test_the_exposure_days_of_the_example_have_the_parts_that_the_page_names() -> None:
    asked = question(("figures", "exposure_days", "value"), {}, NOTHING, PERIOD)
    assert asked is not None
    walked = walk(asked, example(), PERIOD, DEFAULT, 100)
    most, count = max(Counter(one.of // DAY for one in walked.parts).items())
    assert (walked.counted, most, count, walked.value) == (22, 80, 6, 896)
    text = " ".join(PAGE.split())
    assert "has 22 parts" in text
    assert "six that add 80 each" in text
    assert {one.stretch.stream.partition(":")[0] for one in walked.parts[:6]} == {
        "local/shop/line4"
    }
