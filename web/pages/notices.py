"""What the house has to tell a person."""

from core.base.act import Unit, act
from core.base.errors import NotFound
from core.community.notices import inbox, mark_read
from web.ask import Ask
from web.routes import Answer, get, post
from web.views import NoticeRow, NoticesView

_PAGE = 30
_DIGITS = 15  # of a notice's number


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


@get("/c/{slug}/notices", name="notices", tenant="own")
async def notices(ask: Ask) -> Answer:
    found = await inbox(ask.viewer, _number(ask.query.raw("before")), _PAGE + 1)
    shown, more = found[:_PAGE], len(found) > _PAGE
    base = ask.home + "/notices"
    ask.unread = sum(not notice.read for notice in shown)
    view = NoticesView(
        notices=tuple(
            NoticeRow(
                title=ask.render(notice.message),
                when=ask.when(notice.at),
                when_full=ask.when_full(notice.at),
                href=notice.href,
                unread=not notice.read,
            )
            for notice in shown
        ),
        read_action=f"{base}/read/{shown[0].id}" if ask.unread else "",
        request_id=ask.new_request_id(),
        more_href=f"{base}?before={shown[-1].id}" if more else "",
    )
    return ask.page("notices.html", view, title=ask._("Notices"), fragment="notices")


@post("/c/{slug}/notices/read/{last}", name="notices.read", tenant="own")
async def read(ask: Ask) -> Answer:
    """Marks as read what the page showed; what came after it stays unread."""
    last = _number(ask.path["last"])
    if last is None:
        raise NotFound

    async def work(unit: Unit) -> dict[str, int]:
        return {"notices": await mark_read(unit, last)}

    await act(ask.viewer, "notices.read", ask.form.request_id, [last], work)
    return ask.redirect(ask.home + "/notices")


ROUTES = (notices, read)
