"""What a rebuild on another base changes, and what only the rebuild can tell."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.lineage import (
    Ground,
    Installed,
    Matching,
    PackageSet,
    Prediction,
    future,
    predict,
)

FLAWS = {"openssl=1": 10, "openssl=1.5": 10, "libc6=1": 30, "jinja2=3": 40, "zip=1": 50}
NUMBERS: dict[str, int] = {}
SETS: dict[tuple[str, ...], int] = {}


def packages(layer: str, *texts: str) -> PackageSet:
    """A set of packages; those of languages begin with a small letter and are named `py-…`."""
    number = SETS.setdefault((layer, *texts), len(SETS))
    held = tuple(
        Installed(NUMBERS.setdefault(one, len(NUMBERS)), one.split("=")[0], one[:3] != "py-")
        for one in texts
    )
    return PackageSet(number, layer, held)


def matching(**more: int) -> Matching:
    flawed = FLAWS | {name.replace("_", "="): flaw for name, flaw in more.items()}
    return Matching(
        {NUMBERS[text]: frozenset({flaw}) for text, flaw in flawed.items() if text in NUMBERS}
    )


OLD = packages("base", "openssl=1", "libc6=1")
NEW = packages("new", "openssl=2", "libc6=1")
APP = packages("app", "py-jinja2=3")
JINJA = NUMBERS["py-jinja2=3"]


def told(*image: PackageSet, base: PackageSet = OLD, new: PackageSet = NEW) -> Prediction:
    return predict(image, Ground([base]), Ground([new]), with_jinja())


def with_jinja(but: dict[int, frozenset[int]] | None = None) -> Matching:
    plain = matching()
    return Matching({**plain.flawed, JINJA: frozenset({40})}, but or {})


def test_what_only_the_old_base_had_is_fixed_and_what_both_have_remains() -> None:
    assert told(OLD, APP) == Prediction(
        fixes=frozenset({10}),
        remains=frozenset({30, 40}),
        introduces=frozenset(),
        unproven=frozenset(),
    )


def test_what_only_the_candidate_has_is_introduced() -> None:
    assert told(OLD, new=packages("new2", "openssl=2", "zip=1")).introduces == {50}


def test_a_base_package_that_an_own_layer_upgraded_proves_nothing() -> None:
    found = told(packages("base", "libc6=1"), packages("app2", "openssl=1.5"))
    assert found.unproven == {10}
    assert found.fixes == frozenset()
    assert found.remains == {30}


def test_a_base_package_that_an_own_layer_removed_proves_nothing() -> None:
    new = packages("new3", "openssl=1.5", "libc6=1")
    found = told(packages("base", "libc6=1"), new=new)
    assert found.unproven == {10}
    assert found.introduces == frozenset()


def test_a_base_package_that_an_own_layer_copied_beside_it_proves_nothing() -> None:
    found = told(OLD, packages("app3", "openssl=1"))
    assert found.unproven == {10}
    assert found.fixes == frozenset()


def test_a_package_of_the_system_that_the_new_base_brings_beside_an_own_one_proves_nothing() -> (
    None
):
    found = told(OLD, packages("app4", "zip=2"), new=packages("new4", "openssl=2", "zip=1"))
    assert found.unproven == {50}
    assert found.fixes == {10, 30}
    assert found.introduces == frozenset()


def test_a_package_of_the_system_that_an_own_layer_installed_proves_nothing_on_another_system() -> (
    None
):
    def of(context: int, layer: str, *texts: str) -> PackageSet:
        plain = packages(layer, *texts)
        held = tuple(replace(one, context=context) for one in plain.packages)
        return replace(plain, packages=held)

    base, same = of(11, "base6", "openssl=1"), of(11, "new6b", "openssl=2")
    own, other = of(11, "app6", "zip=1"), of(12, "new7", "openssl=2")
    assert predict([base, own], Ground([base]), Ground([same]), matching()).remains == {50}
    found = predict([base, own], Ground([base]), Ground([other]), matching())
    assert found.fixes == {10}
    assert found.remains == frozenset()
    assert found.unproven == {50}


def test_a_language_package_beside_one_of_the_base_is_no_doubt() -> None:
    node = packages("base5", "openssl=1", "py-semver=1")
    found = predict(
        [node, packages("app5", "py-semver=2")], Ground([node]), Ground([NEW]), matching()
    )
    assert found.fixes == {10}
    assert found.unproven == frozenset()


def test_what_is_excused_now_is_no_fix_and_what_would_be_is_none_brought() -> None:
    ssl, zipped = NUMBERS["openssl=1"], packages("new6", "openssl=2", "zip=1")
    now = with_jinja({ssl: frozenset({10})})
    found = predict([OLD, APP], Ground([OLD]), Ground([zipped]), now, with_jinja())
    assert found.fixes == {30}
    assert found.introduces == {50}
    then = with_jinja({NUMBERS["zip=1"]: frozenset({50})})
    found = predict([OLD, APP], Ground([OLD]), Ground([zipped]), with_jinja(), then)
    assert found.fixes == {10, 30}
    assert found.introduces == frozenset()


def test_an_image_as_it_will_be_has_the_new_base_and_its_own_layers() -> None:
    assert Ground([OLD]).apart([OLD, APP]) == [APP]
    assert future([OLD, APP], Ground([OLD]), Ground([NEW])).sets == (NEW, APP)


LAYERS = st.lists(st.sampled_from(sorted(FLAWS)), max_size=4, unique=True)


@given(LAYERS, LAYERS, LAYERS)
def test_a_prediction_accounts_for_every_vulnerability_once(
    base: list[str], own: list[str], new: list[str]
) -> None:
    below, app, above = packages("b", *base), packages("o", *own), packages("n", *new)
    found = predict([below, app], Ground([below]), Ground([above]), matching())
    before = matching().of([below, app])
    after = matching().of([app, above])
    parts = (found.fixes, found.remains, found.introduces)
    assert sum(map(len, parts)) == len(frozenset[int]().union(*parts))
    assert found.fixes | found.remains | found.unproven >= before
    assert found.remains | found.introduces | found.unproven >= after
    assert found.fixes.isdisjoint(after)
    assert found.introduces.isdisjoint(before)
