"""The core's tables as Piccolo classes, for queries: areas, communities, people, volunteers, teams, roles.

The schema itself is SQL (core/migrations/sql); a test compares the two on both engines. Piccolo knows one key
column, so of a key of several the first stands here. No app lists these classes: nothing may recreate them.
"""

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table

from core.community.tables_access import (
    Card,
    FirstToken,
    Guess,
    Pin,
    RecoveryCode,
    SecondFactor,
    Slip,
    Visit,
)

__all__ = ["Card", "FirstToken", "Guess", "Pin", "RecoveryCode", "SecondFactor", "Slip", "Visit"]


class Area(Table, tablename="area"):
    id = BigSerial(primary_key=True)
    public_id = Text()
    parent = BigInt(null=True, default=None)
    community = BigInt(null=True, default=None)
    kind = Text()
    name = Text()
    path = Text()
    households = BigInt(null=True, default=None)
    residents = BigInt(null=True, default=None)
    created_at = BigInt()
    act = BigInt(null=True, default=None)


class Community(Table, tablename="community"):
    id = BigSerial(primary_key=True)
    slug = Text()
    name = Text()
    area = BigInt()
    zone = Text(default="Asia/Shanghai")
    locale = Text(default="zh-Hans")
    help_phone = Text()
    settings = Text(default="{}")
    version = BigInt(default=1)
    created_at = BigInt()
    closed_at = BigInt(null=True, default=None)
    frozen_at = BigInt(null=True, default=None)


class Holiday(Table, tablename="holiday"):
    community = BigInt(primary_key=True)
    day = Text()
    name = Text()
    kind = Text()


class CommunityPlugin(Table, tablename="community_plugin"):
    community = BigInt(primary_key=True)
    plugin = Text()
    enabled = BigInt()
    settings = Text(default="{}")
    changed_at = BigInt()


class Person(Table, tablename="person"):
    id = BigSerial(primary_key=True)
    public_id = Text()
    name = Text()
    search = Text()
    locale = Text()
    size = Text()
    theme = Text()
    access_version = BigInt(default=1)
    created_at = BigInt()
    disabled_at = BigInt(null=True, default=None)
    erased_at = BigInt(null=True, default=None)
    act = BigInt(null=True, default=None)
    died_on = Text(null=True, default=None)
    merged_into = BigInt(null=True, default=None)


class PersonKey(Table, tablename="person_key"):
    person = BigInt(primary_key=True)
    wrapped = Text()


class PersonSecret(Table, tablename="person_secret"):
    person = BigInt(primary_key=True)
    field = Text()
    sealed = Text()


class PersonLookup(Table, tablename="person_lookup"):
    kind = Text(primary_key=True)
    hash = Text()
    person = BigInt()


class Credential(Table, tablename="credential"):
    person = BigInt(primary_key=True)
    password = Text()
    changed_at = BigInt()


class Household(Table, tablename="household"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    area = BigInt(null=True, default=None)
    created_at = BigInt()


class HouseholdMember(Table, tablename="household_member"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    household = BigInt()
    person = BigInt()
    kinship = Text()
    from_day = Text()
    to_day = Text(null=True, default=None)


class Relation(Table, tablename="relation"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    person = BigInt()
    subject = BigInt()
    kind = Text()
    from_day = Text()
    to_day = Text(null=True, default=None)


class Volunteer(Table, tablename="volunteer"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    person = BigInt()
    number = Text()
    status = Text(default="active")
    minutes = BigInt()
    joined_on = Text()
    left_on = Text(null=True, default=None)
    act = BigInt(null=True, default=None)
    sort = Text()
    merged_into = BigInt(null=True, default=None)
    left_why = Text(null=True, default=None)
    stars = BigInt()


class Team(Table, tablename="team"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    area = BigInt(null=True, default=None)
    name = Text()
    category = Text()
    created_at = BigInt()
    closed_at = BigInt(null=True, default=None)
    act = BigInt(null=True, default=None)


class TeamMember(Table, tablename="team_member"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    team = BigInt()
    volunteer = BigInt()
    role = Text(default="member")
    from_day = Text()
    to_day = Text(null=True, default=None)
    act = BigInt(null=True, default=None)


class Role(Table, tablename="role"):
    id = BigSerial(primary_key=True)
    community = BigInt(null=True, default=None)
    key = Text()
    name = Text()
    permissions = Text()
    based_on = Text()
    closed_at = BigInt(null=True, default=None)


class RoleGrant(Table, tablename="role_grant"):
    id = BigSerial(primary_key=True)
    person = BigInt()
    role = BigInt()
    community = BigInt(null=True, default=None)
    area = BigInt(null=True, default=None)
    team = BigInt(null=True, default=None)
    counter = BigInt(null=True, default=None)
    from_at = BigInt()
    to_at = BigInt(null=True, default=None)
    granted_by = BigInt(null=True, default=None)
    act = BigInt(null=True, default=None)
    ended_by = BigInt(null=True, default=None)


class Approval(Table, tablename="approval"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    kind = Text()
    subject = Text()
    subject_id = BigInt()
    requester = BigInt()
    beneficiary = BigInt(null=True, default=None)
    inputs = Text(default="{}")
    reason = Text()
    act = BigInt()
    at = BigInt()
    expires_at = BigInt(null=True, default=None)
    evidence = Text()
    title = Text()
    text = Text()


class ApprovalOpen(Table, tablename="approval_open"):
    approval = BigInt(primary_key=True)
    community = BigInt()
    kind = Text()
    subject = Text()
    subject_id = BigInt()
    requester = BigInt()
    since_at = BigInt()
    expires_at = BigInt(null=True, default=None)


class ApprovalEnd(Table, tablename="approval_end"):
    approval = BigInt(primary_key=True)
    community = BigInt()
    result = Text()
    act = BigInt()
    at = BigInt()


class ApprovalDecision(Table, tablename="approval_decision"):
    approval = BigInt(primary_key=True)
    community = BigInt()
    requester = BigInt()
    approver = BigInt()
    beneficiary = BigInt(null=True, default=None)
    decision = Text()
    reason = Text()
    act = BigInt()
    at = BigInt()


class VolunteerWord(Table, tablename="volunteer_word"):
    community = BigInt(primary_key=True)
    word = Text()
    volunteer = BigInt()


class OldNumber(Table, tablename="old_number"):
    number = Text(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    why = Text()
    act = BigInt()
    at = BigInt()


class Residence(Table, tablename="residence"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    area = BigInt()
    from_day = Text()
    to_day = Text(null=True, default=None)
    act = BigInt(null=True, default=None)


class Relocation(Table, tablename="relocation"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    volunteer = BigInt()
    code_hash = Text()
    created_at = BigInt()
    expires_at = BigInt()
    arrived_at = BigInt(null=True, default=None)
    arrived_in = BigInt(null=True, default=None)
    arrived_as = BigInt(null=True, default=None)
    act = BigInt()


class Consent(Table, tablename="consent"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    person = BigInt()
    purpose = Text()
    version = BigInt()
    given_at = BigInt()
    taken_by = BigInt(null=True, default=None)
    ended_at = BigInt(null=True, default=None)
    act = BigInt()


class PostKind(Table, tablename="post_kind"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    key = Text()
    name = Text()
    level = BigInt(null=True, default=None)
    place = BigInt(default=100)


class Post(Table, tablename="post"):
    id = BigSerial(primary_key=True)
    community = BigInt()
    public_id = Text()
    kind = BigInt()
    person = BigInt()
    area = BigInt()
    from_day = Text()
    to_day = Text(null=True, default=None)
    act = BigInt()


class TeamDuty(Table, tablename="team_duty"):
    community = BigInt()
    team = BigInt(primary_key=True)
    from_month = Text()
    least = BigInt()
    most = BigInt()
    minutes = BigInt()
    act = BigInt()


class Tally(Table, tablename="tally"):
    community = BigInt(primary_key=True)
    subject = Text()
    subject_id = BigInt()
    name = Text()
    value = BigInt()
    as_of = BigInt()
