"""When an attendance is booked at once, and when a second person must look at it first.

The programme's manifest says what it thinks fit; a community may be stricter, never laxer, with its setting
`{"review": {"<programme>": "second"}}`. And however little a programme asks for, service of more hours in one
go than the community's `long_service` is never one person's word.
"""

from dataclasses import dataclass

import msgspec

from core.base.act import Unit
from core.base.errors import NotFound
from core.base.house import House
from core.community.communities import change_settings, place
from core.extension.manifest import Kind

LONG = 8  # hours in one go, where the community says nothing else


class _Settings(msgspec.Struct):
    review: dict[str, str] = {}
    long_service: int = LONG


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy for one kind of activity in one community."""

    kind: Kind
    strict: bool
    longest: int  # minutes one person's word is enough for

    def accepts(self, evidence: str) -> bool:
        """Whether this kind of activity may rest on such evidence at all."""
        return evidence in self.kind.evidence

    def second_person(self, evidence: str) -> bool:
        """Whether everybody's attendance waits. The recorder's own always does, whatever this says."""
        return self.strict or self.kind.supervision == "second" or evidence in self.kind.doubtful


async def set_review(unit: Unit, programme: str, *, second: bool) -> None:
    """Whether all of a programme's attendance waits for a second person here. Raises NotFound."""
    unit.viewer.require("community.settings")
    text = await unit.value("select settings from community where id = :id for_update", id=place(unit))
    review = dict(msgspec.json.decode(text or "{}", type=_Settings).review)
    review.pop(programme, None)
    if second:
        review[programme] = "second"
    await change_settings(unit, review=review or None)


def policy_of(house: House, programme: str, kind: str, settings: str) -> Policy:
    """The policy; `settings` is the community's settings as stored. Raises NotFound for an unknown kind."""
    declared: Kind | None = house.registry.kind(programme, kind)
    if declared is None:
        raise NotFound
    found = msgspec.json.decode(settings, type=_Settings)
    return Policy(declared, found.review.get(programme) == "second", found.long_service * 60)
