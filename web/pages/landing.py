"""The first page, the choice of a community, and the operator's page of parts."""

from core.community.communities import communities_of
from web.ask import Ask
from web.routes import Answer, get
from web.views import CommunityCard, CommunityView, DesignView


@get("/", name="landing", tenant="none", anonymous=True)
async def landing(ask: Ask) -> Answer:
    """The way in for a visitor; for a member of one community, that community at once."""
    if ask.viewer.person is None:
        view = CommunityView(sign_in_href="/sign-in")
        return ask.page("community.html", view, title=ask._("Welcome"))
    mine = await communities_of(ask.viewer)
    if len(mine) == 1:
        return ask.redirect(f"/c/{mine[0].slug}")
    cards = tuple(CommunityCard(name=c.name, href=f"/c/{c.slug}") for c in mine)
    return ask.page("community.html", CommunityView(communities=cards), title=ask._("Your communities"))


@get("/design", name="design", tenant="none", permission="operator")
async def design(ask: Ask) -> Answer:
    """Every part in every state."""
    return ask.page("design.html", DesignView(), title=ask._("Parts"))


ROUTES = (landing, design)
