"""Feeds as they are published, and as they come cut, broken or as something else."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.adapters.feeds import Feed
from watcher.adapters.feeds.epss import parse_epss
from watcher.adapters.feeds.kev import parse_kev
from watcher.adapters.feeds.ssvc import parse_ssvc
from watcher.domain.errors import PermanentError
from watcher.ports.feeds import FeedName, Listing, Listings, Point, Points, Scores

EPSS = (
    b"#model_version:v2025.03.14,score_date:2025-06-01T00:00:00+0000\n"
    b"cve,epss,percentile\n"
    b"CVE-1999-0001,0.01141,0.77594\n"
    b"CVE-2024-100000,0.94321,0.99975\n"
)
KEV: dict[str, Any] = {
    "title": "CISA Catalog of Known Exploited Vulnerabilities",
    "catalogVersion": "2025.06.01",
    "dateReleased": "2025-06-01T17:00:45.123Z",
    "count": 2,
    "vulnerabilities": [
        {
            "cveID": "CVE-2021-44228",
            "vendorProject": "Apache",
            "dateAdded": "2021-12-10",
            "dueDate": "2021-12-24",
            "knownRansomwareCampaignUse": "Known",
        },
        {
            "cveID": "CVE-2024-3094",
            "dateAdded": "2025-05-30",
            "knownRansomwareCampaignUse": "Unknown",
        },
    ],
}
KEV_BYTES = json.dumps(KEV).encode()
CSV = (
    b"cve,exploitation,automatable,technical_impact,date\n"
    b"CVE-2024-1000,poc,no,partial,2025-01-02\n"
    b"CVE-2024-2000,Active,Yes,Total,2025-03-04\n"
    b"CVE-2024-30000,,,,\n"
)


def record(name: str = "CVE-2024-3931", **options: str) -> dict[str, Any]:
    """A CVE record with CISA's container, as Vulnrichment has it."""
    told = [{key.replace("_", " "): value} for key, value in options.items()]
    content = {"timestamp": "2024-04-30T14:52:20.1Z", "id": name, "options": told}
    return {
        "dataType": "CVE_RECORD",
        "cveMetadata": {"cveId": name},
        "containers": {
            "cna": {},
            "adp": [
                {"metrics": [{"other": {"type": "kev", "content": {}}}]},
                {"metrics": [{"other": {"type": "ssvc", "content": content}}]},
            ],
        },
    }


RECORD = record(Exploitation="poc", Automatable="no", Technical_Impact="partial")
POINT = Point("CVE-2024-3931", "poc", automatable=False, technical_impact="partial")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("content", [EPSS, gzip.compress(EPSS)], ids=["plain", "gzipped"])
def test_a_day_of_epss_is_read_with_its_date(content: bytes) -> None:
    scores = {"CVE-1999-0001": (0.01141, 0.77594), "CVE-2024-100000": (0.94321, 0.99975)}
    assert parse_epss(content) == Scores(at(2025, 6, 1), scores)


def test_a_release_of_kev_is_read_with_the_dates_of_its_listings() -> None:
    assert parse_kev(KEV_BYTES) == Listings(
        at(2025, 6, 1, 17, 0, 45, 123000),
        (
            Listing("CVE-2021-44228", at(2021, 12, 10), at(2021, 12, 24), ransomware=True),
            Listing("CVE-2024-3094", at(2025, 5, 30), None, ransomware=False),
        ),
    )


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORD),
        json.dumps(RECORD, indent=2),
        json.dumps([RECORD]),
        json.dumps(RECORD) + "\n" + json.dumps(record("CVE-2024-3931")) + "\n",
    ],
    ids=["one", "one over lines", "list", "lines"],
)
def test_ssvc_is_read_from_cve_records(content: str) -> None:
    points = parse_ssvc(content.encode())
    assert points.dated == at(2024, 4, 30, 14, 52, 20, 100000)
    if "\n{" not in content:
        assert points.points == [POINT]


def test_ssvc_is_read_from_a_csv() -> None:
    assert parse_ssvc(CSV) == Points(
        at(2025, 3, 4),
        [
            Point("CVE-2024-1000", "poc", automatable=False, technical_impact="partial"),
            Point("CVE-2024-2000", "active", automatable=True, technical_impact="total"),
            Point("CVE-2024-30000", None, automatable=None, technical_impact=None),
        ],
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("epss", EPSS[:-8], "its last line is cut"),
        ("epss", gzip.compress(EPSS)[:-9], "its gzip is broken or cut"),
        ("epss", EPSS.split(b"\n", 1)[1], "does not name a score_date"),
        ("epss", EPSS.replace(b"epss,percentile", b"score"), "its columns are not cve, epss"),
        ("epss", EPSS.replace(b"0.94321", b"1.94321"), "'1.94321' is no share between 0 and 1"),
        ("epss", EPSS.replace(b"0.94321", b"nan"), "'nan' is no share"),
        ("epss", EPSS.replace(b"CVE-1999-0001", b"=cmd()"), "'=cmd()' is no CVE"),
        ("epss", EPSS.replace(b",0.77594", b""), "is not of three columns"),
        ("epss", EPSS.replace(b"2025-06-01", b"2025-66-01"), "is no time"),
        ("epss", b"".join(EPSS.splitlines(keepends=True)[:2]), "it has no entry"),
        ("epss", KEV_BYTES, "does not name a score_date"),
        ("epss", b"\xff\xfe", "it is not UTF-8 text"),
        ("kev", KEV_BYTES[:-20], "it is not JSON, or cut"),
        ("kev", json.dumps({**KEV, "count": 3}).encode(), "it says it lists 3 and lists 2"),
        ("kev", json.dumps({**KEV, "vulnerabilities": []}).encode(), "it has no entry"),
        ("kev", json.dumps([KEV]).encode(), "so it is no KEV catalogue"),
        ("kev", json.dumps({"vulnerabilities": [7]}).encode(), "an entry is no mapping"),
        ("kev", json.dumps({"vulnerabilities": [{"cveID": 7}]}).encode(), "'7' is no CVE"),
        (
            "kev",
            json.dumps({"vulnerabilities": [{"cveID": "CVE-2024-1"}]}).encode(),
            "'CVE-2024-1' is no CVE",
        ),
        ("kev", b"[" * 100_000, "it is not JSON, or cut"),
        ("kev", EPSS, "it is not JSON, or cut"),
        ("ssvc", json.dumps(RECORD).encode()[:-5], "it is not JSON, or cut"),
        ("ssvc", json.dumps({"dataType": "x"}).encode(), "an entry is no CVE record"),
        ("ssvc", json.dumps([{**RECORD, "containers": 7}]).encode(), "it has no entry"),
        (
            "ssvc",
            json.dumps(record(Exploitation="rumoured")).encode(),
            "'rumoured' is no exploitation",
        ),
        ("ssvc", EPSS, "it is neither JSON nor a CSV"),
        ("ssvc", b"cve,exploitation\nCVE-2024-1000,poc\n", "its columns lack automatable, tech"),
        ("ssvc", CSV.replace(b",2025-03-04", b""), "has more or fewer columns"),
    ],
)
def test_what_is_cut_broken_or_something_else_is_refused_whole(
    name: FeedName, content: bytes, reason: str
) -> None:
    with pytest.raises(PermanentError) as refused:
        Feed(name, "https://feeds.example/x?token=secret").parse(content)
    assert reason in str(refused.value)
    assert f"feed {name} from https://feeds.example/x cannot be used: " in str(refused.value)
    assert "secret" not in str(refused.value)


def test_an_archive_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.adapters.feeds.reading.LARGEST", 1000)
    with pytest.raises(PermanentError, match="unpacks to more than 1000 bytes"):
        Feed("epss", "x").parse(gzip.compress(b"#" * 10_000))
