"""Crews from settings: what travels, and what a machine has of its own."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from watcher.config import Config, load
from watcher.crewing import CrewSettings, crew_of
from watcher.domain.errors import UsageError
from watcher.ports.crew import CatalogTask, Wanted
from watcher.services.work import RemoteCrew

TEXT = """\
state: theirs
trivy: {binary: trivy, timeout: 7m, db: ["mirror.example/trivy-db:2"], java_db: []}
registries:
  - {name: local, kind: oci, url: "https://registry.example", username: me, password: geheim,
     webhook_secret: hook-of-16-letters, include: ["shop/**"]}
"""


@pytest.fixture
def settings(tmp_path: Path) -> CrewSettings:
    path = tmp_path / "watcher.yaml"
    path.write_text(TEXT)
    return settings_of(load(path, {}))


def settings_of(config: Config) -> CrewSettings:
    return CrewSettings.of(config.state, config.trivy, config.registries)


def test_settings_travel_and_are_the_same_there(settings: CrewSettings) -> None:
    there = pickle.loads(pickle.dumps(settings))  # noqa: S301 - of our own making
    assert (there, hash(there)) == (settings, hash(settings))
    (registry,) = there.registries
    assert registry.password.reveal() == "geheim"


@pytest.mark.parametrize("show", [repr, str])
def test_settings_show_no_secret(settings: CrewSettings, show: Callable[[object], str]) -> None:
    assert "geheim" not in show(settings)
    assert "geheim" not in show(RemoteCrew(settings, crew_of))


def test_no_secret_travels_that_a_crew_does_not_need(settings: CrewSettings) -> None:
    assert b"hook" not in pickle.dumps(settings).replace(b"webhook_secret", b"")


def test_a_machine_has_its_own_state_and_trivy(settings: CrewSettings) -> None:
    own = settings.under(
        {
            "WATCHER_STATE": "/srv/ours",
            "WATCHER_TRIVY__BINARY": "/opt/trivy",
            "WATCHER_TRIVY__DB": '["near.example/trivy-db:2"]',
            "WATCHER_DATABASE__URL": "sqlite:///of-no-concern",
            "PATH": "/bin",
        }
    )
    assert own.state == Path("/srv/ours")
    assert own.trivy.binary == "/opt/trivy"
    assert [one.host for one in own.trivy.db] == ["near.example"]
    assert own.trivy.timeout.total_seconds() == 420
    assert own.registries == settings.registries


def test_a_machine_that_says_nothing_takes_what_is_sent(settings: CrewSettings) -> None:
    assert settings.under({"PATH": "/bin"}) == settings


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("WATCHER_TRIVY__TIMEOUT", "soon", "timeout cannot be used"),
        ("WATCHER_STAT", "x", "did you mean WATCHER_STATE"),
        ("WATCHER_TRIVY__DB", "no list", "must be JSON"),
    ],
)
def test_variables_that_mean_nothing_are_told_of(
    settings: CrewSettings, name: str, text: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        settings.under({name: text})


def test_a_crew_knows_its_registries_and_asks_nobody_yet(
    settings: CrewSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WATCHER_STATE", str(tmp_path / "state"))
    crew = crew_of(settings)
    access = crew.registries["local"].pull_access("shop/api", "sha256:" + "1" * 64)
    assert (access.username, access.password) == ("me", "geheim")
    assert not (tmp_path / "state").exists()
    with pytest.raises(Exception, match="no registry is called other"):
        crew.catalog(CatalogTask("other", "x", "sha256:1", Wanted("0.74.0", "sha256:2")))


def test_docker_hub_is_pulled_from_by_the_name_that_everybody_uses(tmp_path: Path) -> None:
    path = tmp_path / "watcher.yaml"
    path.write_text(
        "registries: [{name: hub, kind: docker-hub, namespaces: [acme], username: me, password: x}]"
    )
    crew = crew_of(settings_of(load(path, {})))
    access = crew.registries["hub"].pull_access("acme/api", "sha256:" + "1" * 64)
    assert access.reference == "docker.io/acme/api@sha256:" + "1" * 64
    assert (access.username, access.password, access.plain_http) == ("me", "x", False)
