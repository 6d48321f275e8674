"""The configuration: a YAML file under the environment, checked as a whole before anything runs.

config = load(Path("config/watcher.yaml"), os.environ)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from watcher.config.acceptances import read_acceptances
from watcher.config.document import Place, read_document
from watcher.config.environment import merged, read_environment, variable
from watcher.config.model import Config
from watcher.config.problems import problem_lines
from watcher.config.remembered import fingerprint, remembered
from watcher.config.renamed import RENAMED, RenamedKey, under_new_names
from watcher.config.secret import ENVIRONMENT, Secret
from watcher.domain.acceptance import Acceptance
from watcher.domain.errors import UsageError

__all__ = ["Config", "Secret", "fingerprint", "load", "remembered"]


def load(
    path: Path, environment: Mapping[str, str], renamed: Sequence[RenamedKey] = RENAMED
) -> Config:
    """Read the file, lay the environment over it, read the secrets, and check everything.

    Raises UsageError with a line for each problem: the place, the key, what is wrong, what to do.
    """
    document = read_document(path)
    given = merged(document.values, read_environment(environment, renamed))
    values, old = under_new_names(given, renamed)

    def place(where: Place) -> str:
        return variable(environment, where) or document.place(where)

    try:
        config = Config.model_validate(values, context={ENVIRONMENT: environment})
    except ValidationError as error:
        problems = problem_lines(error, values, place)
    else:
        told = tuple(f"{place(where)}: {one.advice}" for where, one in old)
        return config.accepting(_accepted(config)).advised(told)
    # Outside of the handler, so that no traceback carries pydantic's view of the input.
    raise UsageError("\n".join(problems))


def _accepted(config: Config) -> tuple[Acceptance, ...]:
    """The accepted risks; only the file that is looked for by default may be missing."""
    if config.acceptances is None:
        return ()
    required = config.acceptances != Config.model_fields["acceptances"].default
    return read_acceptances(config.acceptances, required=required)
