"""How long property tests may take: `WATCHER_PROPERTIES=thorough` tries far more examples."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from tests.properties.databases import Databases
from watcher.adapters.store.engine import open_engine

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

settings.register_profile("usual", deadline=None, suppress_health_check=SLOW)
settings.register_profile("thorough", deadline=None, suppress_health_check=SLOW, max_examples=2000)
settings.load_profile(os.environ.get("WATCHER_PROPERTIES", "usual"))


@pytest.fixture(scope="module")
def databases(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Gives fresh databases, one for each example."""
    folder = tmp_path_factory.mktemp("ledgers")
    numbers = count()

    @contextmanager
    def fresh() -> Iterator[Engine]:
        path = folder / f"{next(numbers)}.db"
        shutil.copyfile(sqlite_template, path)
        engine = open_engine(f"sqlite:///{path}")
        yield engine
        engine.dispose()
        for file in folder.glob(f"{path.name}*"):
            file.unlink()

    return fresh
