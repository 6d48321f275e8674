"""A large fleet in a stub, which nobody pulls from."""

from __future__ import annotations

from tests.servers.artifact_registry.store import Store, Stored

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def fleet(repositories: int = 5, names: int = 100, tags: int = 20) -> Store:
    """So many repositories of so many names of so many tags, each tag of its own digest."""
    store = Store()
    for number in range(repositories * names * tags):
        name, tag = divmod(number, tags)
        repository, image = divmod(name, names)
        row = Stored(f"shop/app{image:03}", f"sha256:{number:064x}", _MANIFEST, tags={f"1.{tag}"})
        store.put(f"docker{repository}", row)
    return store
