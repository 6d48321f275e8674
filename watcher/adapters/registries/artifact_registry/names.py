"""Names: what the configuration, the API and those who pull each call the same images."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.adapters.distribution.document import shown
from watcher.domain.errors import PermanentError
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import is_repository_path

# What was Container Registry: repositories of these names, in these locations, at their own hosts.
# https://cloud.google.com/artifact-registry/docs/transition/gcr-repositories
GCR_LOCATIONS = {"gcr.io": "us", "us.gcr.io": "us", "eu.gcr.io": "europe", "asia.gcr.io": "asia"}


@dataclass(frozen=True, slots=True)
class ImagePath:
    """A path that watcher watches: a repository of Artifact Registry, and an image's name in it."""

    repository: str
    image: str

    @classmethod
    def parse(cls, registry: str, path: str) -> ImagePath:
        """Read `docker/shop/api`; raises PermanentError where it is none."""
        repository, _, image = path.partition("/")
        if not image or not is_repository_path(path):
            raise PermanentError(
                f"registry {registry}: {shown(path)} is no repository and image, such as"
                " docker/shop/api; exclude it"
            )
        return cls(repository, image)


@dataclass(frozen=True, slots=True)
class Site:
    """A project's place in Artifact Registry, and where it is reached.

    `endpoint` is the address of the API instead of Google's own, `images` the one that images are
    pulled from instead of those of Google; each scheme://host[:port].
    """

    project: str
    location: str
    endpoint: str | None = None
    images: str | None = None

    @property
    def parent(self) -> str:
        """The location as the API names it."""
        return f"projects/{self.project}/locations/{self.location}"

    def resource(self, repository: str) -> str:
        """A repository as the API names it."""
        return f"{self.parent}/repositories/{repository}"

    def host(self, repository: str) -> str:
        """The address that a repository's images are pulled from."""
        if self.images:
            return self.images
        if repository in GCR_LOCATIONS:
            return f"https://{repository}"
        return f"https://{self.location}-docker.pkg.dev"

    def pulled(self, path: ImagePath) -> str:
        """An image's path at that address; a domain's project has a slash for its colon there."""
        project = self.project.replace(":", "/")
        if path.repository in GCR_LOCATIONS and not self.images:
            return f"{project}/{path.image}"
        return f"{project}/{path.repository}/{path.image}"


def may_hold(selection: Selection, repository: str) -> bool:
    """Tell whether a selection could hold any image of a repository: whether to ask for it."""
    included = any(_reaches(pattern, repository) for pattern in selection.include)
    return included and not any(_covers(pattern, repository) for pattern in selection.exclude)


def _reaches(pattern: Pattern, repository: str) -> bool:
    first = pattern.text.partition("/")[0]
    return "**" in first or Pattern(first).matches(repository)


def _covers(pattern: Pattern, repository: str) -> bool:
    first, _, rest = pattern.text.partition("/")
    return pattern.text == "**" or (rest == "**" and Pattern(first).matches(repository))
