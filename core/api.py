"""The one door for plugins: types, verbs, errors, `hookimpl` and `Manifest`. docs/plugins.md explains them.

What stands here is kept through every release of one API version; anything else in `core` may change.
"""

from core.activity.activities import attendance_of, create_activity
from core.activity.attendance import Recorded, record_attendance
from core.activity.review import confirm
from core.activity.scoring import Attended, Scored, score
from core.base.act import Done, Unit, act
from core.base.clock import DAY, HOUR, MINUTE, day_of, local, moment
from core.base.database import Row
from core.base.errors import N_, Conflict, Invalid, Message, NotFound, Refused
from core.base.ids import public_id, request_id
from core.base.outbox import Event
from core.base.viewer import Viewer
from core.community.approvals import Approval, ask_approval
from core.community.approvals import Kind as ApprovalKind
from core.community.notices import notify
from core.community.roles import people_with
from core.community.teams import Member, Team, members_for_roster, my_teams
from core.extension.asof import as_of
from core.extension.ddl import schema_migration
from core.extension.events import once
from core.extension.manifest import (
    API_VERSION,
    Entry,
    Kind,
    Manifest,
    NoticeKind,
    Permission,
    PersonalData,
    Role,
)
from core.extension.specs import hookimpl
from core.extension.switch import settings_of
from core.extension.types import Attendance, Line
from core.points.caps import Caps
from core.points.rules import publish, versions

__all__ = [
    "API_VERSION",
    "DAY",
    "HOUR",
    "MINUTE",
    "N_",
    "Approval",
    "ApprovalKind",
    "Attendance",
    "Attended",
    "Caps",
    "Conflict",
    "Done",
    "Entry",
    "Event",
    "Invalid",
    "Kind",
    "Line",
    "Manifest",
    "Member",
    "Message",
    "NotFound",
    "NoticeKind",
    "Permission",
    "PersonalData",
    "Recorded",
    "Refused",
    "Role",
    "Row",
    "Scored",
    "Team",
    "Unit",
    "Viewer",
    "act",
    "as_of",
    "ask_approval",
    "attendance_of",
    "confirm",
    "create_activity",
    "day_of",
    "hookimpl",
    "local",
    "members_for_roster",
    "moment",
    "my_teams",
    "notify",
    "once",
    "people_with",
    "public_id",
    "publish",
    "record_attendance",
    "request_id",
    "schema_migration",
    "score",
    "settings_of",
    "versions",
]
