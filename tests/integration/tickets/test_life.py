"""The page of tickets shows a ticket of a real Gitea whole, as it stands there.

`WATCHER_PAGES=write` writes it anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine

from tests.contract.tracker.conftest import gitea_server
from tests.integration.tickets.story import BEGINS, ENDS, Life, page, written
from tests.servers.gitea import Gitea

pytestmark = pytest.mark.servers

DOCS: Final = Path(__file__).parents[3] / "docs"
_ = gitea_server  # a fixture of its own suite, wanted here too


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_ticket_is_opened_ticked_closed_by_evidence_and_followed(
    gitea_server: Gitea,
    engine: Engine,
) -> None:
    life = Life(gitea_server, gitea_server.named("shop"), engine)
    chapters = list(life.chapters())
    states = [[(one[0], one[1]["state"]) for one in chapter.issues] for chapter in chapters]
    assert states == [
        [("1", "open"), ("2", "open")],
        [("1", "open"), ("2", "open")],
        [("1", "closed"), ("2", "open")],
        [("1", "closed"), ("2", "open"), ("3", "open")],
    ]
    before, shown, behind = written(DOCS)
    told = f"\n{page(chapters)}\n"
    if os.environ.get("WATCHER_PAGES") == "write":
        (DOCS / "tickets.md").write_text(f"{before}{BEGINS}{told}{ENDS}{behind}", encoding="utf-8")
    else:
        assert shown == told
