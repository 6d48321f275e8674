"""`--only` takes the words behind it, wherever it stands."""

from __future__ import annotations

import pytest

from watcher.cli.spread import spread


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("sync", "sync"),
        ("sync --only knowledge", "sync --only knowledge"),
        ("sync --only knowledge match", "sync --only knowledge --only match"),
        (
            "sync --only knowledge match exposure --at T",
            "sync --only knowledge --only match --only exposure --at T",
        ),
        ("sync --at T --only a b -o f", "sync --at T --only a --only b -o f"),
        ("sync --only=a b --only c d", "sync --only=a --only b --only c --only d"),
        ("sync --only -x y", "sync --only -x --only y"),
        ("sync --only", "sync --only"),
        ("find -- --only a b", "find -- --only a b"),
        ("--config f sync --format json", "--config f sync --format json"),
    ],
)
def test_every_word_behind_the_option_is_a_value_of_its_own(given: str, expected: str) -> None:
    assert spread(given.split()) == expected.split()
