"""STS: sessions of assumed roles, in its own protocol of forms and XML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.servers.ecr.identities import Caller, Identities, Refusal
from tests.servers.hostile import Reply, Seen

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


class Sessions:
    """AssumeRole for the roles that trust the caller; `names` are the sessions asked for."""

    def __init__(self, identities: Identities, trusting: set[str]) -> None:
        self._identities = identities
        self.trusting = trusting
        self.lifetime = timedelta(hours=1)
        self.names: list[str] = []

    def answer(self, caller: Caller, seen: Seen) -> Reply:
        """Give a session; raises Refusal."""
        form = {key: values[0] for key, values in parse_qs(seen.body.decode()).items()}
        role, name = form["RoleArn"], form["RoleSessionName"]
        if role not in self.trusting:
            raise Refusal(
                "AccessDenied",
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource:"
                f" {role}",
                403,
            )
        self.names.append(name)
        access, key = self._identities.assume(role, name)
        ends = datetime.now(UTC) + self.lifetime  # noqa: TID251 - the stub is an entry point
        return _xml(
            f"<AssumeRoleResponse xmlns='{_NAMESPACE}'><AssumeRoleResult><Credentials>"
            f"<AccessKeyId>{access}</AccessKeyId><SecretAccessKey>{key.secret}</SecretAccessKey>"
            f"<SessionToken>{key.session}</SessionToken>"
            f"<Expiration>{ends.isoformat()}</Expiration></Credentials>"
            f"<AssumedRoleUser><Arn>{key.arn}</Arn><AssumedRoleId>A:{name}</AssumedRoleId>"
            "</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
        )


def refused(refusal: Refusal) -> Reply:
    """Say no as STS does."""
    return _xml(
        f"<ErrorResponse xmlns='{_NAMESPACE}'><Error><Type>Sender</Type>"
        f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
        "</ErrorResponse>",
        refusal.status,
    )


def _xml(text: str, status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": "text/xml"}, text.encode())
