"""A configuration written for one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from watcher.config import Config, load
from watcher.domain.errors import UsageError

Load = Callable[..., Config]
Refuse = Callable[..., list[str]]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    def call(text: str = "", environment: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "watcher.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, environment or {})

    return call


@pytest.fixture
def refused(loaded: Load, tmp_path: Path) -> Refuse:
    """The lines with which a configuration is refused, without the file's folder."""

    def call(text: str = "", environment: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(UsageError) as caught:
            loaded(text, environment)
        # Its view of the input would show secrets in a traceback.
        assert not isinstance(caught.value.__context__, ValidationError)
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return call
