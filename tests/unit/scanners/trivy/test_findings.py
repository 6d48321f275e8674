"""Printed lines become findings: all of them, or an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from watcher.adapters.scanners.trivy.findings import make_finding, read_matches
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.package import Package

OPENSSL = Package("debian 12", "openssl#1", "openssl", "1", {})
ZLIB = Package("debian 12", "zlib#1", "zlib", "1", {})
VALUES: list[object] = [
    "CVE-2024-1",
    "HIGH",
    "nvd",
    "fixed",
    "1.1",
    "A flaw",
    "2026-03-01T12:00:00.123456789Z",
    ["DSA-1"],
]
RESULT = ["result", "debian", 2]
EXPECTED = {"debian": 2}


def printed(*records: object) -> str:
    return "".join(f"{json.dumps(record)}\n".replace(", ", ",") for record in records)


def changed(**values: object) -> list[object]:
    names = ("id", "severity", "source", "status", "fixed", "title", "published", "vendor_ids")
    return [values.get(name, value) for name, value in zip(names, VALUES, strict=True)]


def test_findings_come_back_to_their_packages() -> None:
    report = printed(RESULT, ["1", *VALUES], ["end"])
    (found,) = read_matches(report, [OPENSSL, ZLIB], EXPECTED)
    assert (found.context, found.identity) == ("debian 12", "zlib#1")
    assert (found.vulnerability, found.severity, found.severity_source) == (
        "CVE-2024-1",
        "HIGH",
        "nvd",
    )
    assert (found.status, found.fixed_version, found.title) == ("fixed", "1.1", "A flaw")
    assert found.published == datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert found.vendor_ids == ("DSA-1",)


def test_a_result_without_findings_is_an_answer() -> None:
    assert read_matches(printed(RESULT, ["end"]), [OPENSSL, ZLIB], EXPECTED) == []


@pytest.mark.parametrize(
    "report",
    [
        "",
        "\n",
        "Usage: trivy [global flags] command\n",
        "\x1b[2Jrubbish",
        printed(RESULT, ["0", *VALUES]),
        printed(RESULT, ["0", *VALUES], ["end"])[:-20],
        printed(RESULT, ["0", "CVE-2024-1"], ["end"]),
        printed({"Results": []}, ["end"]),
        printed(["result", "debian", "two"], ["end"]),
        "[1\n" + printed(["end"]),
    ],
)
def test_a_report_that_is_rubbish_or_cut_off_is_no_empty_report(report: str) -> None:
    with pytest.raises(TransientError) as told:
        read_matches(report, [OPENSSL, ZLIB], EXPECTED)
    assert str(told.value).isprintable()


@pytest.mark.parametrize("reference", ["2", "-1", "", "x", None, 0, "²"])
def test_a_finding_of_no_package_fails_the_match(reference: object) -> None:
    with pytest.raises(PermanentError, match="CVE-2024-1"):
        read_matches(printed(RESULT, [reference, *VALUES], ["end"]), [OPENSSL, ZLIB], EXPECTED)


@pytest.mark.parametrize(
    "results", [[], [["result", "debian", 1]], [RESULT, ["result", "node-pkg", 1]]]
)
def test_packages_that_vanish_or_appear_fail_the_match(results: list[object]) -> None:
    with pytest.raises(PermanentError, match="other packages"):
        read_matches(printed(*results, ["end"]), [OPENSSL, ZLIB], EXPECTED)


@pytest.mark.parametrize("values", [changed(id=""), changed(id=None), changed(severity="BAD")])
def test_a_finding_without_an_id_or_with_an_unknown_severity_is_an_error(
    values: list[object],
) -> None:
    with pytest.raises(PermanentError, match="openssl"):
        make_finding(OPENSSL, values)


def test_what_trivy_does_not_know_stays_unknown() -> None:
    values = changed(severity="", source="", status=None, fixed=None, title=None, published=None)
    found = make_finding(OPENSSL, [*values[:-1], None])
    assert (found.severity, found.severity_source) == ("UNKNOWN", None)
    assert (found.status, found.fixed_version, found.title) == ("unknown", "", "")
    assert (found.published, found.vendor_ids) == (None, ())


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-01T14:00:00+02:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_times_are_utc_or_unknown(written: str, moment: datetime | None) -> None:
    assert make_finding(OPENSSL, changed(published=written)).published == moment


def test_a_title_moves_no_cursor_and_has_an_end() -> None:
    hostile = "a\x1b[2Jb\r\nc\u202ed\u2066" + "x" * 10_000
    title = make_finding(OPENSSL, changed(title=hostile)).title
    assert title.startswith("a [2Jb c d x")
    assert len(title) == 300
    assert title.isprintable()
