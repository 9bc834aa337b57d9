"""A desk at which the cast's leader records watches of last night."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.activity.activities import create_activity
from core.activity.attendance import Recorded, record_attendance
from core.activity.scoring import Attended, Scored, score
from core.base.act import Unit, act
from core.base.clock import HOUR, MINUTE
from core.base.house import House
from core.base.ids import request_id
from core.base.viewer import Viewer
from tests.conftest import TONIGHT
from tests.support.cast import Cast
from tests.support.programme import programme, publish_rules

START = TONIGHT - 25 * HOUR  # last night, eight o'clock
END = START + 2 * HOUR


@dataclass
class Desk:
    """Records for the cast; `last` is what the last record said."""

    cast: Cast
    programme: str = "watch"
    last: Recorded | None = None
    done: list[Any] = field(default_factory=list)

    @property
    def house(self) -> House:
        return self.cast.house

    def who(self, name: str, from_at: int | None = START, to_at: int | None = END, **parts: Any) -> Attended:
        """One of the cast, there from when to when."""
        figure = self.cast[name]
        fields: dict[str, Any] = {
            "volunteer": figure.volunteer,
            "person": figure.person,
            "number": figure.number,
            "from_at": from_at,
            "to_at": to_at,
            "minutes": ((to_at or 0) - (from_at or 0)) // MINUTE,
        }
        return Attended(**{**fields, **parts})

    async def scored(self, viewer: Viewer, people: Sequence[Attended]) -> list[Scored]:
        return await score(viewer, self.programme, "watch", people)

    async def record(
        self,
        viewer: Viewer,
        people: Sequence[Attended],
        *,
        from_at: int = START,
        to_at: int = END,
        evidence: str = "roster",
        team: int | None = None,
        request: str | None = None,
    ) -> Recorded:
        """An activity with these people, as one act."""
        scored = await self.scored(viewer, people)

        async def work(unit: Unit) -> dict[str, Any]:
            activity = await create_activity(
                unit,
                programme=self.programme,
                kind="watch",
                team=self.cast.team if team is None else team,
                title="夜间值守",
                place="西门",
                from_at=from_at,
                to_at=to_at,
            )
            self.last = await record_attendance(unit, activity, scored, evidence)
            return {"activity": activity}

        self.done.append(await act(viewer, "watch", request or request_id(), list(people), work))
        assert self.last is not None
        return self.last

    async def balance(self, name: str) -> int:
        """Posted points of one of the cast."""
        found = await self.house.db.value(
            "select posted from points_account where volunteer = :v", v=self.cast[name].volunteer
        )
        return int(found or 0)

    async def minutes(self, name: str) -> int:
        """Confirmed minutes of one of the cast."""
        found = await self.house.db.value(
            "select minutes from volunteer where id = :v", v=self.cast[name].volunteer
        )
        return int(found)

    async def count(self, table: str) -> int:
        """Rows of one of the tables an attendance is spread over."""
        counts = {
            "activity": "select count(*) from activity",
            "attendance": "select count(*) from attendance",
            "interval": "select count(*) from interval",
            "award": "select count(*) from award",
            "waiting": "select count(*) from award_waiting",
            "pending": "select count(*) from attendance_pending",
            "transfer": "select count(*) from transfer",
        }
        return int(await self.house.db.value(counts[table]))


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    """The desk, with the programme `watch` at five points a person in both communities."""
    cast.house.registry.add(programme(), "watch")
    await publish_rules(cast.house, cast.hongqi)
    await publish_rules(cast.house, cast.xinxing)
    return Desk(cast)
