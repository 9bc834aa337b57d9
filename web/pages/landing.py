"""The first page, the choice of a community, and the operator's page of parts."""

from core.community.communities import communities_of, taking_applications
from core.community.overview import reach_above
from web.ask import Ask
from web.routes import Answer, get
from web.view_parts import NavItem
from web.views import CommunityCard, CommunityView, DesignView


@get("/", name="landing", tenant="none", anonymous=True)
async def landing(ask: Ask) -> Answer:
    """The way in for a visitor; for a member of one community, that community at once."""
    if ask.viewer.person is None:
        cards = tuple(
            CommunityCard(name=c.name, href=f"/c/{c.slug}/join") for c in await taking_applications(ask.house)
        )
        view = CommunityView(sign_in_href="/sign-in", communities=cards)
        return ask.page("community.html", view, title=ask._("Welcome"))
    mine = await communities_of(ask.viewer)
    actions = []
    if await reach_above(ask.viewer):
        actions.append(NavItem(title=ask._("Totals of all communities"), href="/areas", icon="list"))
    if ask.viewer.may("operator"):
        actions.append(NavItem(title=ask._("New community"), href="/communities/new", icon="plus"))
    if len(mine) == 1 and not actions:
        return ask.redirect(f"/c/{mine[0].slug}")
    cards = tuple(CommunityCard(name=c.name, href=f"/c/{c.slug}") for c in mine)
    view = CommunityView(communities=cards, actions=tuple(actions))
    return ask.page("community.html", view, title=ask._("Your communities"))


@get("/design", name="design", tenant="none", permission="operator")
async def design(ask: Ask) -> Answer:
    """Every part in every state."""
    return ask.page("design.html", DesignView(), title=ask._("Parts"))


ROUTES = (landing, design)
