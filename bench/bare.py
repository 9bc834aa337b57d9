"""The limit a page is measured against: the same framework and server, one handler, no work."""

from litestar import Litestar, get
from litestar.response import Response


@get("/")
async def bare() -> Response[bytes]:
    return Response(b"ok", media_type="text/plain")


app = Litestar([bare], openapi_config=None)
