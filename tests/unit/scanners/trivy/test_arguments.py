"""What Trivy is asked for when it lists an image."""

from __future__ import annotations

from pathlib import Path

from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.adapters.scanners.trivy.layers import Place
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

IMAGE = PullAccess("registry.test/shop/api@sha256:1", plain_http=False)
SCANNER = TrivyScanner("trivy", Path("/nowhere"))


def test_every_package_is_listed_with_what_matches_it() -> None:
    asked = SCANNER._image(IMAGE, KnowledgeFiles(Path("/db")), None)
    assert asked[0] == "image"
    assert {"--list-all-pkgs", "--scanners=vuln", "--format=json"} <= set(asked)
    assert "--cache-backend=memory" in asked


def test_jars_without_a_name_are_told_of_in_the_log() -> None:
    with_jars = KnowledgeFiles(Path("/db"), Path("/java-db"))
    assert "--debug" in SCANNER._image(IMAGE, with_jars, None)


def test_what_was_found_in_layers_is_kept_where_there_is_a_place_for_it() -> None:
    asked = SCANNER._image(IMAGE, KnowledgeFiles(Path("/db")), Place(Path("/layers/0")))
    assert "--cache-backend=fs" in asked
