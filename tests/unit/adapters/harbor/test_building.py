"""A Harbor as it is configured."""

from __future__ import annotations

from pathlib import Path

from watcher.adapters.registries.harbor import HarborRegistry
from watcher.config import load
from watcher.crewing.registries import logins_of, registry_of

TEXT = """\
registries:
  - {name: h, kind: harbor, url: "https://harbor.example/", username: "robot$shop+w", password: pw,
     concurrency: 3, include: ["shop/api"]}
"""


def test_a_harbor_is_built_and_asks_nobody_yet(tmp_path: Path) -> None:
    path = tmp_path / "watcher.yaml"
    path.write_text(TEXT)
    config = load(path, {})
    built = registry_of(config.registries[0])
    assert isinstance(built, HarborRegistry)
    assert built.name == "h"
    assert built.address("shop/deep/api") == "harbor.example/shop/deep/api"
    access = built.pull_access("shop/api", "sha256:" + "1" * 64)
    assert (access.username, access.password) == ("robot$shop+w", "pw")
    assert not access.plain_http
    assert built.traffic.requests == 0
    assert logins_of(config.registries)["harbor.example"].username == "robot$shop+w"
