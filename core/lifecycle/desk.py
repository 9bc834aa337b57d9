"""What waits for a worker, counted at once: where to begin, and the community's kept figures beside it."""

import msgspec

from core.base.viewer import Viewer
from core.community.approval_lists import kinds_to_decide
from core.community.figures import NONE, Figures, figures_of

REVIEW, PEOPLE, IMPORTS, STOCK = "attendance.review", "volunteer.write", "import.run", "reward.write"
PERMISSIONS = (REVIEW, PEOPLE, IMPORTS, STOCK)

_WAITING = """
select
    (select count(*) from attendance_pending p where p.community = :community and :review = 1
        and (:everywhere = 1 or p.team in ids(:teams))) as reviews,
    (select count(*) from award_waiting w where w.community = :community and :review = 1
        and :everywhere = 1) as awards,
    (select count(*) from volunteer v where v.community = :community and :people = 1
        and v.status = 'applied') as applications,
    (select count(*) from import_run i where i.community = :community and :imports = 1
        and i.state = 'checked') as imports,
    (select count(*) from reward r where r.community = :community and :stock = 1
        and r.status = 'offered' and r.stock = 0) as sold_out,
    (select count(*) from approval_open o where o.community = :community and o.requester <> :person
        and o.kind in (select k.kind from rows(:kinds; kind text) as k)) as approvals
"""


class Desk(msgspec.Struct, frozen=True):
    """How much waits, 0 where the viewer has no business with it; NONE for figures he may not see.

    `reviews`: attendances for a second look in the viewer's teams; `awards`: those whose points could not be
    worked out yet; `applications`: people who would like to join; `imports`: lists that were checked and are
    not taken in; `sold_out`: rewards on offer of which none is left; `approvals`: what others ask for.
    """

    reviews: int
    awards: int
    applications: int
    imports: int
    sold_out: int
    approvals: int
    figures: Figures = NONE


async def desk(viewer: Viewer) -> Desk:
    """Two statements. Somebody without any of the permissions gets zeros."""
    teams = viewer.teams(REVIEW)
    row = await viewer.house.db.one(
        _WAITING,
        community=viewer.community,
        everywhere=int(teams is None),
        teams=sorted(teams or ()),
        review=int(viewer.may_somewhere(REVIEW)),
        people=int(viewer.may(PEOPLE)),
        imports=int(viewer.may(IMPORTS)),
        stock=int(viewer.may(STOCK)),
        person=viewer.person,
        kinds=[{"kind": key} for key in kinds_to_decide(viewer)],
    )
    figures = NONE
    if viewer.may("area.read") and viewer.may("team.read") and viewer.community is not None:
        found = await figures_of(viewer, "community", [viewer.community])
        figures = found.get(viewer.community, NONE)
    return Desk(**(row or {}), figures=figures)
