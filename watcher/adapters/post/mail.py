"""Mail over SMTP: encrypted unless it is told otherwise, and handed over once."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final, Literal

from watcher.domain.errors import PermanentError, TransientError
from watcher.ports.post import Letter

_SECONDS: Final = 30.0
_LONGEST: Final = 300  # characters of what a server says


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and who it is told that mail comes from."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """Signs the port `Post`."""

    server: Server
    addresses: Sequence[str]

    @property
    def to(self) -> str:
        """Whom it reaches."""
        return ", ".join(self.addresses)

    def send(self, letter: Letter) -> None:
        """Hand a letter over; to all of the addresses, or to none."""
        message = self._message(letter)
        with self._connected() as connection:
            try:
                refused = connection.send_message(message)
            except smtplib.SMTPResponseException as error:
                raise self._not_taken(error) from None
            except smtplib.SMTPRecipientsRefused as error:
                raise PermanentError(
                    f"mail to {self.to}: {self.server.host} takes none of the addresses "
                    f"({len(error.recipients)} refused)"
                ) from None
            except (smtplib.SMTPException, OSError) as error:
                raise TransientError(
                    f"mail to {self.to}: {self.server.host} broke off while it was handed over "
                    f"({type(error).__name__}): nobody knows whether it was taken"
                ) from None
        if refused:
            # Some have it: to send it again would be twice for them.
            names = ", ".join(sorted(refused))
            raise TransientError(f"mail: {self.server.host} did not take it for {names}")

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = " ".join(letter.subject.split())
        message["From"] = self.server.sender
        message["To"] = self.to
        message["Message-ID"] = make_msgid(domain="watcher.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        if letter.page:
            message.add_attachment(
                letter.page.encode(), maintype="text", subtype="html", filename="report.html"
            )
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection on which nothing was handed over yet; what fails here took nothing."""
        one, secured = self.server, ssl.create_default_context()
        try:
            if one.security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    one.host, one.port, timeout=_SECONDS, context=secured
                )
            else:
                connection = smtplib.SMTP(one.host, one.port, timeout=_SECONDS)
        except (smtplib.SMTPException, OSError) as error:
            raise self._not_taken(error) from None
        try:
            try:
                if one.security == "starttls":
                    connection.starttls(context=secured)
                if one.username is not None:
                    connection.login(one.username, one.password or "")
            except (smtplib.SMTPException, OSError) as error:
                raise self._not_taken(error) from None
            yield connection
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _not_taken(self, error: Exception) -> PermanentError:
        # What a server says may quote what it was told.
        code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
        return PermanentError(
            f"mail to {self.to}: {self.server.host}:{self.server.port} did not take it "
            f"({type(error).__name__}{code}); see web.smtp"[:_LONGEST]
        )
