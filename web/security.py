"""Headers of every answer, and the check where a form came from."""

from collections.abc import Mapping
from urllib.parse import urlsplit

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

Headers = list[tuple[str, str]]  # of one answer


def standing_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """What every answer carries, errors and static files too.

    The referrer is kept within the house: `no-referrer` would make browsers send `Origin: null` with forms.
    """
    headers = {
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if secure:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def same_origin(headers: Mapping[bytes, bytes], base_url: str) -> bool:
    """Whether a form was sent from our own pages, as far as the browser tells.

    Sec-Fetch-Site is believed first (scripts cannot set it). Without it an Origin must name this host;
    without either the request came from no browser of the last years, and the form's token alone decides.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return True
    host = urlsplit(base_url).netloc.encode() if base_url else headers.get(b"host", b"")
    return urlsplit(origin.decode("latin-1")).netloc.encode("latin-1", "replace") == host
