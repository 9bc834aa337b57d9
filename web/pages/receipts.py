"""The sealed receipt of a line, and the page where anybody checks one, signed in or not."""

from core.base import merkle
from core.base.errors import Message, NotFound, Refused
from core.base.receipts import LONGEST, BadReceipt, Known, check_receipt, read_receipt, written
from core.base.seal_form import canonical
from core.base.seals import seal_key
from core.points.receipts import MARK, NotSealed, receipt_of, receipt_shown
from web.ask import Ask
from web.qr import code
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldError, grouped, signed
from web.views import MessageView
from web.views_book import CheckView, SealedView

_KILOBYTE = 1024
_GROUP = 4


@get("/c/{slug}/points/{line}/receipt", name="line.receipt", tenant="own")
async def show(ask: Ask) -> Answer:
    shown = ask.path["line"]
    here = f"{ask.home}/points/{shown}"
    try:
        receipt = await receipt_of(ask.viewer, shown)
    except NotSealed as early:
        return _not_yet(ask, early, here)
    known = check_receipt(receipt, seal_key(ask.house).public)
    mark = merkle.leaf(canonical(receipt.row))[:MARK]
    place = ask.community
    slug = place.slug if place is not None else ""
    view = SealedView(
        community=place.name if place is not None else "",
        amount=_amount(known),
        what=known.line["text"],
        facts=_facts(ask, known),
        mark=_groups(mark),
        qr=code(ask.public_url(f"/receipt?c={slug}&r={shown}&h={mark}")),
        file_href=here + "/receipt/file",
        check_href="/receipt",
        back_href=here,
    )
    title = ask._("Sealed receipt")
    return ask.page("receipt_sealed.html", view, title=title, current=ask.home + "/points")


@get("/c/{slug}/points/{line}/receipt/file", name="line.receipt.file", tenant="own")
async def file(ask: Ask) -> Answer:
    shown = ask.path["line"]
    try:
        receipt = await receipt_of(ask.viewer, shown)
    except NotSealed as early:
        return _not_yet(ask, early, f"{ask.home}/points/{shown}")
    return ask.download(written(receipt).encode(), "application/json", f"receipt-{shown}.json")


def _not_yet(ask: Ask, early: NotSealed, back: str) -> Answer:
    text = ask.render(early.message)
    view = MessageView(
        heading=ask._("Not sealed yet"), text=text, tone="info", href=back, label=ask._("Back")
    )
    return ask.page("message.html", view, title=view.heading, current=ask.home + "/points")


def _amount(known: Known) -> str:
    line = known.line
    return signed(line["amount"] if line["credit"] == line["account"] else -line["amount"])


def _groups(mark: str) -> str:
    return " ".join(mark[n : n + _GROUP] for n in range(0, len(mark), _GROUP))


def _facts(ask: Ask, known: Known) -> tuple[Fact, ...]:
    line, header = known.line, known.receipt.block
    return (
        Fact(label=ask._("Counts for"), text=ask.when_full(line["effective_at"])),
        Fact(label=ask._("Booked"), text=ask.when_full(line["recorded_at"])),
        Fact(label=ask._("Balance after it"), text=grouped(line["posted_after"])),
        Fact(label=ask._("Reference"), text=line["public_id"]),
        Fact(label=ask._("Sealed"), text=ask.when_full(header.at)),
        Fact(label=ask._("Block"), text=grouped(header.number)),
    )


# -- the page for anybody ----------------------------------------------------------------------------------


@get("/receipt", name="receipt.check", tenant="none", anonymous=True)
async def check(ask: Ask) -> Answer:
    """Empty, or with the code of a printed receipt."""
    shown, mark = ask.query.raw("r")[:40], ask.query.raw("h")[:64]
    if not shown:
        return _page(ask)
    try:
        receipt = await receipt_shown(ask.viewer, ask.query.raw("c")[:40], shown, mark)
        return _good(ask, check_receipt(receipt, seal_key(ask.house).public))
    except NotFound:
        return _bad(ask, Message("This book holds no line with this code: the receipt is not genuine."), 200)
    except Refused as refusal:
        return _bad(ask, refusal.message, 200)


@post(
    "/receipt",
    name="receipt.check.send",
    tenant="none",
    anonymous=True,
    files=True,
    body=256 * _KILOBYTE,
)
async def send(ask: Ask) -> Answer:
    """Checks what was pasted or brought; nothing of it is kept."""
    text, upload = ask.form.raw("receipt"), ask.files.get("file")
    if upload is not None and upload.content:
        text = upload.content[: LONGEST + 1].decode("utf-8", "replace")
    if not text.strip():
        return _page(ask, error=ask._("Paste the receipt, or choose its file."), status=422)
    try:
        return _good(ask, check_receipt(read_receipt(text), seal_key(ask.house).public))
    except BadReceipt as bad:
        return _bad(ask, bad.message, 422)


def _good(ask: Ask, known: Known) -> Answer:
    view = CheckView(
        action="/receipt",
        verdict=ask._("This receipt is genuine"),
        tone="ok",
        explained=ask._("It stands so in the book and was sealed; nothing of it was changed since."),
        facts=(
            *(
                (
                    Fact(label=ask._("Points"), text=_amount(known), strong=True),
                    Fact(label=ask._("What for"), text=known.line["text"]),
                    *_facts(ask, known),
                )
                if known.line
                else ()
            ),
            Fact(label=ask._("Head of the block"), text=_groups(known.receipt.block.head())),
        ),
    )
    return ask.page("receipt_check.html", view, title=ask._("Check a receipt"))


def _bad(ask: Ask, message: Message, status: int) -> Answer:
    view = CheckView(
        action="/receipt",
        text=ask.form.raw("receipt")[:LONGEST],
        verdict=ask._("This receipt proves nothing"),
        tone="bad",
        explained=ask.render(message),
    )
    return ask.page("receipt_check.html", view, title=ask._("Check a receipt"), status=status)


def _page(ask: Ask, error: str = "", status: int = 200) -> Answer:
    errors = (FieldError(field="receipt", text=error),) if error else ()
    view = CheckView(action="/receipt", error=error, errors=errors)
    return ask.page("receipt_check.html", view, title=ask._("Check a receipt"), status=status)


ROUTES = (show, file, check, send)
