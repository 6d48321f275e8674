"""The page on ECR says what is so: its example works, its policies allow what is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.contract.registry.images import image
from tests.contract.registry.subjects.ecr import registry
from tests.servers.ecr import PARTNER, PARTNER_ROLE, REGION, Ecr
from watcher.config import load
from watcher.crewing import registry_of

pytestmark = pytest.mark.servers

PAGE = (Path(__file__).parents[4] / "docs/registries/ecr.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("```yaml\n")[2].partition("```")[0]
POLICIES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
# What the registry itself checks for a pull; there is no call of that name.
OF_PULLS = {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}


def actions() -> set[str]:
    found: set[str] = set()
    for policy in POLICIES:
        for statement in policy["Statement"]:
            listed = statement["Action"]
            found |= {listed} if isinstance(listed, str) else set(listed)
    return found


def test_the_policies_allow_what_is_asked_and_nothing_else(server: Ecr) -> None:
    theirs = f"{PARTNER}/{REGION}/shop/api"
    digest = server.store.push("shop/api", "1.0", image(), account=PARTNER)
    adapter = registry((REGION,), (PARTNER_ROLE,))
    adapter.check()
    adapter.tags(theirs, {})
    adapter.resolve(theirs, "1.0")
    adapter.manifest(theirs, digest)
    adapter.image(theirs, digest)
    adapter.pull_access(theirs, digest)
    calls = {one.operation for one in server.calls if " " not in one.operation} - {"refused"}
    asked = {f"{'sts' if call == 'AssumeRole' else 'ecr'}:{call}" for call in calls}
    assert asked | OF_PULLS == actions()


def test_the_example_is_a_registry_that_works(server: Ecr, tmp_path: Path) -> None:
    server.store.push("shop/api", "1.0", image(), account=PARTNER, region="eu-west-2")
    path = tmp_path / "watcher.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    config = load(path, {})
    built = registry_of(config.registries[0], config.selection("aws"))
    assert list(built.repositories()) == [f"{PARTNER}/eu-west-2/shop/api"]


def test_a_check_costs_what_the_page_says(server: Ecr) -> None:
    server.store.push("shop/api", "1.0", image())
    registry().check()
    assert sum(server.counts.values()) == 7
    assert "`doctor` makes about seven requests for each place" in PAGE
