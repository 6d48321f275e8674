"""Metrics: what they say is what documents say, and their series do not grow with the fleet."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed

from tests.integration.web.browser import Browser
from tests.integration.web.conftest import NOON, browsing
from tests.integration.web.test_statements import LARGE, SMALL, counted, statements
from watcher.bootstrap import App

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT / "config" / "observability"
NAME = re.compile(r"watcher_[a-z0-9_]+")
Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(web: Browser) -> Series:
    answer = web.get("/metrics")
    assert (answer.status, answer.headers["content-type"][:28]) == (
        200,
        "application/openmetrics-text",
    )
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in parsed(answer.html)
        for one in family.samples
    }


def names(web: Browser) -> set[str]:
    """The names of all series, of families without any too."""
    families = list(parsed(web.get("/metrics").html))
    every = {f"{family.name}_total" for family in families if family.type == "counter"}
    every |= {
        f"{f.name}_{part}"
        for f in families
        if f.type == "histogram"
        for part in ("bucket", "count", "sum")
    }
    return every | {family.name for family in families if family.type in {"gauge", "info"}}


def test_metrics_say_what_documents_say(web: Browser) -> None:
    told, report = read(web), web.get("/api/v1/report").json()
    open_: Counter[str] = Counter()
    for (name, labels), value in told.items():
        if name == "watcher_exposures_open":
            open_[dict(labels)["team"]] += int(value)
    assert sum(open_.values()) == report["episodes"]["open"]
    assert dict(open_) == {
        row["team"]: sum(row["open"].values())
        for row in report["teams"]
        if sum(row["open"].values())
    }
    past_due = sum(
        value for (name, _), value in told.items() if name == "watcher_exposures_past_due"
    )
    assert past_due == sum(row["past_due"] for row in report["teams"])
    streams = {labels: value for (name, labels), value in told.items() if name == "watcher_streams"}
    assert sum(streams.values()) == report["coverage"]["streams"]
    covered = sum(value for labels, value in streams.items() if ("covered", "true") in labels)
    assert covered == report["coverage"]["covered"]
    version = web.get("/api/v1/knowledge").json()["knowledge"][-1]
    built = NOON.fromisoformat(version["updated_at"])
    assert told["watcher_knowledge_age_seconds", ()] == (NOON - built).total_seconds()
    assert told["watcher_failures", (("retry", "true"), ("stage", "catalog"))] == 1


def test_no_label_names_a_stream_an_image_or_a_vulnerability(web: Browser) -> None:
    web.get("/streams/local/shop/web:latest@linux/amd64")
    web.get("/nothing/like/it")
    body = web.get("/metrics").html
    for word in ("CVE-", "local/", "sha256", "shop/web", "/nothing"):
        assert word not in body
    assert 'route="/streams/{name:path}"' in body
    assert 'route="none"' in body


def test_an_empty_watcher_has_metrics_too(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "empty.db")
    with browsing(tmp_path / "empty.db") as (web, _):
        told = read(web)
        assert not any(name == "watcher_knowledge_age_seconds" for name, _ in told)
        assert told["watcher_calls_waiting", ()] == 0


def test_a_scrape_takes_the_same_few_statements_for_any_number_of_streams(
    sqlite_template: Path, tmp_path: Path
) -> None:
    taken: dict[int, tuple[int, int]] = {}
    for size in (SMALL, LARGE):
        statements(sqlite_template, tmp_path, size)
        with browsing(tmp_path / f"{size}.db") as (web, app):
            taken[size] = _first_and_second(web, app)
    assert taken[LARGE] == taken[SMALL]
    assert taken[LARGE][0] < 60
    assert taken[LARGE][1] <= 14


def _first_and_second(web: Browser, app: App) -> tuple[int, int]:
    with counted(app) as first:
        read(web)
    with counted(app) as second:
        read(web)
    return len(first), len(second)


@pytest.mark.parametrize("file", ["grafana-dashboard.json", "alerts.yml", "alerts_test.yml"])
def test_what_dashboard_and_rules_name_exists(web: Browser, file: str) -> None:
    text = (FILES / file).read_text(encoding="utf-8")
    named = set(NAME.findall(text))
    assert named
    assert named <= names(web)


def test_every_family_is_on_the_dashboard_or_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(watcher_[a-z_]+)` \|", page, flags=re.MULTILINE))
    assert documented == _families()


def _families() -> set[str]:
    code = "".join(
        one.read_text(encoding="utf-8") for one in (ROOT / "watcher/web/metrics").glob("*.py")
    )
    return set(re.findall(r'"(watcher_[a-z_]+)"', code))


def test_the_dashboard_asks_prometheus_alone() -> None:
    told = json.loads((FILES / "grafana-dashboard.json").read_text(encoding="utf-8"))
    numbers = [panel["id"] for panel in told["panels"]]
    assert len(set(numbers)) == len(numbers)
    for panel in told["panels"]:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
        assert panel["targets"]


def test_prometheus_reads_the_rules_and_they_fire_as_they_should() -> None:
    _promtool("check", "rules", "--lint=all", "--lint-fatal", "alerts.yml")
    _promtool("test", "rules", "alerts_test.yml")


def test_prometheus_reads_every_question_of_the_dashboard(tmp_path: Path) -> None:
    told = json.loads((FILES / "grafana-dashboard.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in told["panels"] for target in panel["targets"]]
    rules = {
        "groups": [
            {
                "name": "asked",
                "rules": [
                    {"record": f"asked:number{place}", "expr": one.replace("$team", ".*")}
                    for place, one in enumerate(asked)
                ],
            }
        ]
    }
    (tmp_path / "asked.yaml").write_text(json.dumps(rules))
    _promtool("check", "rules", str(tmp_path / "asked.yaml"))


def _promtool(*arguments: str) -> None:
    program = shutil.which("promtool")
    assert program is not None, "promtool is missing: make setup builds it"
    done = subprocess.run(
        [program, *arguments], cwd=FILES, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
