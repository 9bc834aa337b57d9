"""What the page of a request for approval shows: finished strings, as in `web.views`."""

from web.view_parts import Fact, FieldError, FormField, Tone, View


class ApprovalView(View, frozen=True, kw_only=True):
    """`approval.html`: what is asked for, and the decision: fields `decision`, `reason`."""

    heading: str
    state: str
    tone: Tone = ""
    back_href: str
    facts: tuple[Fact, ...]
    look_href: str = ""  # where it can be looked at in full
    blocked: str = ""  # why this reader may not decide
    action: str
    may_decide: bool = False
    may_refuse: bool = False  # refusing is open also where approving is not
    may_withdraw: bool = False
    reason: FormField
    request_id: str
    errors: tuple[FieldError, ...] = ()
