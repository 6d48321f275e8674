"""Sign-in by OpenID Connect, the only place that imports authlib and the joserfc under it.

What is done: https://openid.net/specs/openid-connect-core-1_0.html (3.1), with PKCE (RFC 7636).
"""

from watcher.adapters.sign_in.oidc import Client, OidcSignIn, sign_in_with

__all__ = ["Client", "OidcSignIn", "sign_in_with"]
