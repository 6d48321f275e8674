"""The compose file: read by Compose's own reader, hardened, its paths and ports all real."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.containers.conftest import ROOT
from watcher.cli.application import application
from watcher.config import load
from watcher.demo.workshop.locate import find_tool

pytestmark = pytest.mark.servers
FILE = ROOT / "docker-compose.yml"
# What runs as root at first, and the rights that its start needs.
ENTRUSTED = {"database": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}}


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    """The file as Compose understands it, profiles included."""
    done = subprocess.run(
        [find_tool("compose"), "-format", "json", str(FILE)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """Every service as it is written, those of profiles too."""
    told: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    return told


def test_compose_reads_it(read: dict[str, Any]) -> None:
    assert {"watcher", "database", "registry", "prometheus", "grafana"} <= read["services"].keys()


def test_a_wrong_key_would_be_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(FILE.read_text(encoding="utf-8").replace("read_only", "readonly"))
    done = subprocess.run(
        [find_tool("compose"), str(wrong)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "readonly" in done.stderr


def test_every_service_is_hardened(services: dict[str, Any]) -> None:
    for name, one in services.items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert set(one.get("cap_add", ())) == ENTRUSTED.get(name, set()), name
        assert "privileged" not in one, name
        assert "docker.sock" not in str(one), name


def test_nothing_listens_beyond_this_machine(services: dict[str, Any]) -> None:
    for name, one in services.items():
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", ())), name
    assert services["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    assert "--web.listen-address=127.0.0.1:9090" in services["prometheus"]["command"]
    assert load(ROOT / "config" / "watcher.yaml", {}).web.listen == "127.0.0.1:8080"


def test_every_path_of_this_checkout_is_there(services: dict[str, Any]) -> None:
    mounted = [
        volume.partition(":")[0]
        for one in services.values()
        for volume in one.get("volumes", ())
        if volume.startswith("./")
    ]
    assert len(mounted) > 5
    assert [one for one in mounted if not (ROOT / one).is_file()] == []


def test_what_is_mounted_over_a_read_only_root_is_where_things_are_written() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    compose = FILE.read_text(encoding="utf-8")
    assert re.search(r"WATCHER_STATE=/var/lib/watcher/", image)
    assert "state:/var/lib/watcher\n" in compose
    assert "./config/watcher.yaml:/etc/watcher/watcher.yaml:ro" in compose
    assert "WATCHER_CONFIG=/etc/watcher/watcher.yaml" in image


def test_its_commands_are_watcher_s_own(services: dict[str, Any]) -> None:
    import typer  # noqa: PLC0415

    known = typer.main.get_command(application).commands  # type: ignore[attr-defined]
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    assert "upgrade" in known["db"].commands
    assert "run" in known


def test_its_variables_are_keys_of_the_configuration(
    services: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("postgresql+psycopg://watcher@127.0.0.1/watcher")
    told = services["watcher"]["environment"]
    here = {
        name: text.replace("/run/secrets/database_url", str(tmp_path / "url"))
        for name, text in told.items()
    }
    assert here != told
    config = load(ROOT / "config" / "watcher.yaml", here)
    assert config.database.url.reveal().startswith("postgresql+psycopg://")


def test_ports_and_addresses_agree(services: dict[str, Any]) -> None:
    folder = ROOT / "config" / "observability"
    prometheus = yaml.safe_load((folder / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = prometheus["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["127.0.0.1:8080"]}]
    assert prometheus["rule_files"] == ["/etc/prometheus/alerts.yml"]
    assert any("/etc/prometheus/alerts.yml:ro" in one for one in services["prometheus"]["volumes"])
    source = yaml.safe_load((folder / "grafana-datasource.yml").read_text(encoding="utf-8"))
    assert source["datasources"][0]["url"] == "http://127.0.0.1:9090"
    provider = yaml.safe_load((folder / "grafana-provider.yml").read_text(encoding="utf-8"))
    where = provider["providers"][0]["options"]["path"]
    assert any(f"{where}/" in one for one in services["grafana"]["volumes"])
    published = [port for one in services.values() for port in one.get("ports", ())]
    own = {"127.0.0.1:8080", "127.0.0.1:9090", "127.0.0.1:3001"}
    taken = [one.rpartition(":")[0] for one in published]
    assert len(taken) == len(set(taken))
    assert not set(taken) & own
