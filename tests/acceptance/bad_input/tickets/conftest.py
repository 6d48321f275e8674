"""Every test gets the shop as it was before its ticket was filed, or right behind that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.bad_input.tickets.shop import Shop, before_the_ticket, counts, open_shop


@pytest.fixture(scope="session")
def rebuilt_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "rebuilt"
    folder.mkdir()
    with open_shop(folder) as shop:
        before_the_ticket(shop)
    return folder


@pytest.fixture
def shop(rebuilt_base: Path, tmp_path: Path) -> Iterator[Shop]:
    """The shop on day 2: the base is rebuilt, and no pass has seen it."""
    shutil.copytree(rebuilt_base, tmp_path / "shop")
    with open_shop(tmp_path / "shop") as one:
        yield one


@pytest.fixture
def ticketed(shop: Shop) -> Shop:
    """The shop on day 3: the ticket was filed."""
    told = shop.sync(3)
    assert (told.code, counts(told)) == (0, (1, 0, 0))
    return shop


@pytest.fixture
def new_shop(tmp_path: Path) -> Iterator[Shop]:
    """Servers that hold nothing yet."""
    (tmp_path / "new").mkdir()
    with open_shop(tmp_path / "new") as one:
        yield one
