"""Each run has a folder of its own, and sees nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from watcher.adapters.scanners.trivy.workspace import opened
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles


def test_a_workspace_links_the_databases_and_goes_away(tmp_path: Path) -> None:
    (tmp_path / "java").mkdir()
    (tmp_path / "db").mkdir()
    with opened(KnowledgeFiles(tmp_path / "db", tmp_path / "java")) as place:
        assert (place.cache / "db").resolve() == tmp_path / "db"
        assert (place.cache / "java-db").resolve() == tmp_path / "java"
        assert place.folder.stat().st_mode & 0o077 == 0
    assert not place.folder.exists()
    assert (tmp_path / "db").exists()


def test_without_a_java_db_there_is_no_link(tmp_path: Path) -> None:
    with opened(KnowledgeFiles(tmp_path)) as place:
        assert [path.name for path in place.cache.iterdir()] == ["db"]


def test_credentials_lie_in_a_private_file_and_nowhere_else(tmp_path: Path) -> None:
    access = PullAccess("registry.test:5000/a/b@sha256:0", False, "robot$x", "a,b:c")  # noqa: FBT003 - positional as in the port
    with opened(KnowledgeFiles(tmp_path)) as place:
        place.give_credentials(access)
        path = place.folder / "config.json"
        assert path.stat().st_mode & 0o777 == 0o600
        auth = json.loads(path.read_text())["auths"]["registry.test:5000"]["auth"]
        assert base64.b64decode(auth) == b"robot$x:a,b:c"
        assert place.environment()["DOCKER_CONFIG"] == str(place.folder)
        assert "a,b:c" not in str(place.environment())


def test_without_credentials_nothing_is_written(tmp_path: Path) -> None:
    with opened(KnowledgeFiles(tmp_path)) as place:
        place.give_credentials(PullAccess("registry.test/a@sha256:0", plain_http=False))
        assert not (place.folder / "config.json").exists()


def test_trivy_sees_nothing_else_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIVY_SEVERITY", "CRITICAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    with opened(KnowledgeFiles(tmp_path)) as place:
        environment = place.environment()
    assert "TRIVY_SEVERITY" not in environment
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert environment["HTTPS_PROXY"] == "http://proxy.test:3128"
    assert environment["HOME"] == environment["TMPDIR"] == str(place.folder)
