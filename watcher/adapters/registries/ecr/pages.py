"""Pages of AWS's lists: the next one is asked for by what the last one gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from watcher.adapters.distribution.document import Document
from watcher.adapters.registries.ecr.failure import NO_AWS
from watcher.domain.errors import PermanentError, TransientError

Answer = Mapping[str, object]
# A million entries; AWS allows 100,000 repositories, and as many images in each.
_MOST = 1000


def pages(what: str, field: str, ask: Callable[[str | None], Answer]) -> Iterator[Document]:
    """Give page after page, each with its list under `field`; `what` names them in errors.

    Raises TransientError for an answer without its list: a body cut short is read as an answer
    without any fields, and a list that was never sent is no empty list. Raises PermanentError
    where the pages do not end.
    """
    seen: set[str] = set()
    token: str | None = None
    for _ in range(_MOST):
        page = Document(what, ask(token))
        if not isinstance(page.fields.get(field), list):
            advice = "" if is_of_aws(page) else f"; {NO_AWS}"
            raise TransientError(f"{what}: the answer has no {field}{advice}")
        yield page
        token = _next(page)
        if token is None:
            return
        if token in seen:
            break
        seen.add(token)
    raise PermanentError(f"{what}: its pages do not end; refused")


def is_of_aws(page: Document) -> bool:
    """Tell whether an answer has the header that all of AWS's have."""
    headers = page.child("ResponseMetadata").child("HTTPHeaders")
    return headers.has("x-amzn-requestid")


def _next(page: Document) -> str | None:
    token = page.fields.get("nextToken")
    if token is not None and not (isinstance(token, str) and token):
        page.wrong("nextToken", "a text")
    return token
