"""A Harbor 2.15 on loopback, as one was seen to behave, checked against its own description."""

from tests.servers.harbor.accounts import EVERYTHING, Account
from tests.servers.harbor.fleet import fill, stand_in
from tests.servers.harbor.spec import Spec
from tests.servers.harbor.stub import Harbor, harbor

__all__ = ["EVERYTHING", "Account", "Harbor", "Spec", "fill", "harbor", "stand_in"]
