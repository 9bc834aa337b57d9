"""The receipt of one line of an account: its row, and its way to a signed block."""

from core.base import merkle
from core.base.database import Row
from core.base.errors import Message, NotFound, Refused
from core.base.receipts import KIND, Receipt
from core.base.seal_form import Header, canonical, transfer_row
from core.base.seals import seal_key
from core.base.viewer import Viewer
from core.points.access import require_sight

_LINE = """
select t.community, t.id, t.public_id, t.act, t.kind, t.debit, t.credit, t.amount, t.effective_at,
    t.booked_at, t.recorded_at, t.award, t.redemption, t.hold, t.reverses, t.approval, t.actor, t.approver,
    t.account,
    t.version, t.posted_after, t.held_after, t.message, t.arguments, t.text,
    coalesce((select g.was_at from lot_grace g
        where g.lot = l.id and +g.community = l.community
        order by g.id limit 1), l.expires_at) as expires_at,
    coalesce(v.merged_into, v.id) as volunteer, s.sequence, s.digest, b.number, b.first, b.last, b.root,
    b.previous, b.at, b.signature
from transfer t join points_account a on a.id = t.account and a.community = t.community
join volunteer v on v.id = a.volunteer and v.community = t.community
left join lot l on l.transfer = t.id and l.community = t.community
left join seal s on s.transfer = t.id and s.community = t.community
left join seal_block b on b.community = s.community and b.number = s.block
where t.public_id = :public_id and +t.community = :community
"""

_LEAVES = """
select s.digest from seal s where s.community = :community and s.sequence between :first and :last
order by s.sequence
"""


class NotSealed(Refused):
    """The line is younger than the latest seal."""

    def __init__(self) -> None:
        super().__init__(Message("This line is not sealed yet. Its receipt is ready in a few minutes."))


async def receipt_of(viewer: Viewer, public_id: str) -> Receipt:
    """The receipt of a line. Two statements. Raises NotFound (as for the line itself), NotSealed."""
    row = await viewer.house.db.one(_LINE, public_id=public_id, community=viewer.community)
    if row is None:
        raise NotFound
    require_sight(viewer, row["volunteer"])
    return await _receipt(viewer, row)


async def receipt_shown(viewer: Viewer, slug: str, public_id: str, digest: str) -> Receipt:
    """The receipt whose printed code somebody scanned: whoever knows its digest has seen it.

    Raises NotFound, the same for a wrong digest as for a line that is not there.
    """
    community = await viewer.house.db.value("select id from community where slug = :slug", slug=slug)
    row = await viewer.house.db.one(_LINE, public_id=public_id, community=community)
    if row is None or row["digest"] is None or len(digest) < MARK or not row["digest"].startswith(digest):
        raise NotFound
    return await _receipt(viewer, row)


MARK = 32  # characters of a digest a printed code carries: 128 bits


async def _receipt(viewer: Viewer, row: Row) -> Receipt:
    if row["number"] is None:
        raise NotSealed
    header = Header(
        row["community"], row["number"], row["first"], row["last"], row["root"], row["previous"], row["at"]
    )
    leaves = await viewer.house.db.fetch(
        _LEAVES, community=row["community"], first=header.first, last=header.last
    )
    digests = [leaf["digest"] for leaf in leaves]
    content = transfer_row(row)
    if merkle.leaf(canonical(content)) != row["digest"] or len(digests) != header.last - header.first + 1:
        raise Refused(
            Message("The seal of this line does not fit any more. Please tell the community office.")
        )
    return Receipt(
        linli=KIND,
        row=content,
        sequence=row["sequence"],
        path=merkle.path(digests, row["sequence"] - header.first),
        block=header,
        signature=row["signature"],
        key=seal_key(viewer.house).public,
    )
