"""The token in every form: bound to the session, or before sign-in to a random cookie of the browser.

It is derived, never stored: HMAC(key, cookie). A token from another session, another browser or before
signing in is worth nothing.
"""

import hashlib
import hmac

from core.base.vault import Vault

FIELD = "_csrf_token"
HEADER = b"x-csrf-token"


class Forms:
    """Makes and checks the tokens of forms."""

    def __init__(self, vault: Vault) -> None:
        self._key = vault.key("form token")

    def token(self, binding: str) -> str:
        """The token for a binding: "session:<cookie>" or "visitor:<cookie>"."""
        return hmac.new(self._key, binding.encode(), hashlib.sha256).hexdigest()

    def fits(self, binding: str, given: str) -> bool:
        return bool(given) and hmac.compare_digest(
            self.token(binding).encode(), given.encode("utf-8", "replace")
        )
