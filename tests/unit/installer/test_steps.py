"""Steps of the setup: what is done stays done; what is optional may be missing, and says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from installer import pipeline, python
from installer.step import Log, Step, StepError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "ROOT", tmp_path)
    monkeypatch.setattr(pipeline, "LOGS", tmp_path / "logs")


def step(
    folder: Path, name: str, run: Callable[[Log], None] | None = None, *, optional: bool = False
) -> Step:
    product = folder / name
    return Step(
        name=name,
        does="makes it",
        takes="0 s",
        key="1",
        product=product,
        run=run or (lambda _: product.touch()),
        stamps=folder / "stamps",
        optional=optional,
    )


def failing(log: Log) -> None:
    log.say("tried")
    raise StepError("it cannot be had; do something")


def test_a_step_is_done_until_its_key_changes_or_its_product_is_gone(tmp_path: Path) -> None:
    one = step(tmp_path, "one")
    assert not one.is_done()
    assert pipeline._Run([one]).to_the_end() is False
    assert one.is_done()
    assert not replace(one, key="2").is_done()
    one.product.unlink()
    assert not one.is_done()


def test_what_is_optional_may_fail_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = step(tmp_path, "browser", failing, optional=True)
    after = replace(step(tmp_path, "other"), after=("browser",))
    assert pipeline._Run([wanted, after]).to_the_end() is False
    assert after.is_done()
    assert not wanted.is_done()
    assert wanted.given_up() == "it cannot be had; do something (log: logs/browser.log)"
    assert "FAILED" not in capsys.readouterr().err


def test_what_is_not_optional_may_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = replace(step(tmp_path, "other"), after=("needed",))
    assert pipeline._Run([step(tmp_path, "needed", failing), after]).to_the_end() is True
    assert not after.is_done()
    assert "needed: FAILED: it cannot be had; do something" in capsys.readouterr().err


def test_why_a_step_gave_up_is_told_until_there_is_reason_to_try_again(tmp_path: Path) -> None:
    wanted = step(tmp_path, "browser", failing, optional=True)
    pipeline._Run([wanted]).to_the_end()
    assert wanted.given_up()
    assert replace(wanted, key="2").given_up() is None
    repaired = replace(wanted, run=step(tmp_path, "browser").run)
    pipeline._Run([repaired]).to_the_end()
    assert repaired.is_done()
    assert repaired.given_up() is None


def test_an_environment_behind_a_link_is_never_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "precious").touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(python, "VENV", tmp_path / ".venv")
    with pytest.raises(StepError, match="is a link to another environment"):
        python.environment().run(Log(tmp_path / "log"))
    assert (tmp_path / "theirs" / "precious").exists()
