"""Statements about images, in the wrappings in which tools attach them; signatures unverified.

in-toto: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md; DSSE:
https://github.com/secure-systems-lab/dsse/blob/master/envelope.md; bundles as cosign writes them:
https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final, Literal

from watcher.adapters.distribution.document import Document
from watcher.ports.registry import Attached

IN_TOTO: Final = "application/vnd.in-toto+json"
DSSE: Final = "application/vnd.dsse.envelope.v1+json"
BUNDLE: Final = "application/vnd.dev.sigstore.bundle"
STATEMENTS: Final = (IN_TOTO, DSSE, BUNDLE)
_SHA256: Final = "sha256"

Place = Literal["index", "referrer", "tag"]


def parse_statement(what: str, body: bytes, subject: str, place: Place) -> Attached | None:
    """Read what is said of a subject, by its digest; None where it is about something else.

    Raises PermanentError where it is no statement. A bundle without one says nothing.
    """
    document, signed = _unwrapped(Document.read(what, body))
    if document is None:
        return None
    subjects = {
        f"{_SHA256}:{value}"
        for one in document.children("subject")
        if (value := one.child("digest").fields.get(_SHA256))
    }
    if subject not in subjects:
        return None
    return Attached(
        subject=subject,
        predicate_type=document.text("predicateType"),
        predicate=document.child("predicate").fields,
        sha256=hashlib.sha256(body).hexdigest(),
        signed=signed,
        place=place,
    )


def _unwrapped(document: Document) -> tuple[Document | None, bool]:
    """The statement inside of a bundle and an envelope, and whether signatures came with it."""
    if document.has("dsseEnvelope"):
        document = document.child("dsseEnvelope")
    elif document.has("messageSignature"):
        return None, True
    if not document.has("payload"):
        return document, False
    try:
        payload = base64.b64decode(document.text("payload"), validate=True)
    except (binascii.Error, ValueError):
        document.wrong("payload", "base64")
    return Document.read(f"{document.what}: payload", payload), document.has("signatures")
