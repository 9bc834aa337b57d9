"""Opening a community in one act: its place in the area forest, its posts, its first administrator."""

import msgspec

from core.base.act import Unit
from core.base.errors import Invalid, Message, NotFound
from core.base.viewer import Viewer
from core.community.area_changes import Change, clean_change
from core.community.areas import Area, NewArea, add_areas, area_of
from core.community.communities import create_community
from core.community.credentials import Prepared, set_password
from core.community.people import NewPerson, add_people
from core.community.roles import NewGrant, grant_roles

_ABOVE = """
select a.id, a.public_id, a.parent, a.community, a.kind, a.name, a.path, a.households, a.residents
from area a where a.community is null order by a.path limit 1000
"""


class Founding(msgspec.Struct, frozen=True, kw_only=True):
    """What a new community begins with. The area above it is one that is there, or a new root, or none."""

    slug: str
    name: str
    zone: str
    help_phone: str
    above: int | None = None
    new_above: str = ""
    new_above_kind: str = "street"
    administrator: NewPerson


async def found_community(unit: Unit, wanted: Founding, password: Prepared) -> int:
    """Opens the community; returns its id. An operator's verb.

    Raises Invalid (slug, name, zone, new_above), NotFound.
    """
    unit.viewer.require("operator")
    above = wanted.above
    if wanted.new_above:
        change = _clean("new_above", Change(wanted.new_above_kind, wanted.new_above))
        (above,) = await add_areas(unit, above, [NewArea(change.kind, change.name)])
    elif above is not None and (await area_of(unit, above)).community is not None:
        raise NotFound
    name = _clean("name", Change("community", wanted.name)).name
    (node,) = await add_areas(unit, above, [NewArea("community", name)])
    community = await create_community(
        unit, wanted.slug, name, node, zone=wanted.zone, help_phone=wanted.help_phone
    )
    (person,) = await add_people(unit, [wanted.administrator])
    await grant_roles(unit, [NewGrant(person, "administrator", community=community)])
    await set_password(unit, person, password)
    return community


def _clean(field: str, change: Change) -> Change:
    try:
        return clean_change(change)
    except Invalid as invalid:
        message = next(iter(invalid.fields.values()), Message("Please give the name."))
        raise Invalid({field: message}) from invalid


async def areas_above(viewer: Viewer) -> list[Area]:
    """The areas a new community can be put below: those of no community. Raises NotFound."""
    viewer.require("operator")
    rows = await viewer.house.db.fetch(_ABOVE)
    return [Area(**{k: row[k] for k in Area.__struct_fields__}) for row in rows]
