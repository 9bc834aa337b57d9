"""htmx 4: what its request headers say, and the headers it understands in answers.

Values are ASCII: JSON with escapes and percent-encoded addresses, because header bytes are latin-1 and
Chinese in them would end in an error.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from web.security import Headers

VARY = ("vary", "Cookie, Accept-Language, HX-Request, HX-Request-Type")


def is_htmx(headers: Mapping[bytes, bytes]) -> bool:
    return headers.get(b"hx-request") == b"true"


def wants_part(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a fragment is wanted: htmx asks for a part, and is not restoring a page of the history."""
    return (
        is_htmx(headers)
        and headers.get(b"hx-request-type") == b"partial"
        and headers.get(b"hx-history-restore-request") != b"true"
    )


def address(url: str) -> str:
    """An address as it may stand in a header."""
    return quote(url, safe="/?&=%#:;,@+!$'()*~[]-._")


def answer_headers(
    *,
    trigger: Mapping[str, Any] | None = None,
    push_url: str = "",
    replace_url: str = "",
    redirect: str = "",
    retarget: str = "",
    reswap: str = "",
) -> Headers:
    """Response headers for htmx; empty ones are left out. `trigger` maps event names to their details."""
    found = {
        "hx-trigger": json.dumps(dict(trigger)) if trigger else "",
        "hx-push-url": address(push_url),
        "hx-replace-url": address(replace_url),
        "hx-redirect": address(redirect),
        "hx-retarget": retarget,
        "hx-reswap": reswap,
    }
    return [(name, value) for name, value in found.items() if value]
