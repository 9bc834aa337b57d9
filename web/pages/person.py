"""One volunteer as the office sees him, his contact data on request, and his card."""

from core.base.act import Unit, note
from core.base.errors import Invalid, Message, NotFound
from core.community.alike import Alike
from core.community.relations import KINDS
from core.lifecycle.profile import PERMISSION, Profile
from core.lifecycle.profile import profile as read_profile
from web.ask import Ask
from web.pages import people_words as words
from web.pages.people_words import WRITE, address
from web.pages.words import star_words
from web.routes import Answer, get, post
from web.view_parts import Fact, FieldOption, Flash, NavItem, grouped
from web.views_people import CardView, Dated, Likeness, PersonView, Tie

_WHAT_FOR = {
    "call": Message("To call or to write"),
    "visit": Message("To visit"),
    "papers": Message("For papers or an insurance"),
    "other": Message("Another reason"),
}


async def _profile(ask: Ask) -> Profile:
    try:
        return await read_profile(ask.viewer, ask.path["number"])
    except Invalid as invalid:
        raise NotFound from invalid


@get("/c/{slug}/people/{number}", name="person", permission=PERMISSION)
async def person(ask: Ask) -> Answer:
    found = await _profile(ask)
    if found.facts["status"] == "applied":
        return ask.redirect(f"{ask.home}/applications/{found.facts['number']}")
    if found.facts["number"] != ask.path["number"]:
        return ask.redirect(address(ask, found.facts["number"]))  # the number of one merged into him
    texts = {
        "edited": ask._("Saved."),
        "back": ask._("A volunteer again."),
        "alive": ask._("Put right: everything is as it was."),
        "left": ask._("Left. Hours and points are kept."),
        "phone": ask._("The lost telephone opens nothing any more."),
        "merged": ask._("The two entries are one now."),
        "related": ask._("Entered. It counts from now on."),
        "unrelated": ask._("Ended."),
        "cancelled": ask._("The code is worth nothing any more."),
    }
    text = texts.get(ask.query.raw("done"))
    return _page(ask, found, flash=Flash(text=text) if text else None)


@post("/c/{slug}/people/{number}/show", name="person.show", permission=PERMISSION)
async def show(ask: Ask) -> Answer:
    """The contact data in full, this once; that somebody looked is written down first."""
    found = await _profile(ask)
    if found.facts["status"] == "applied":
        raise NotFound
    reason = ask.form.choice("reason", _WHAT_FOR, default="")

    async def work(unit: Unit) -> None:
        fields = sorted(found.sealed)
        await unit.audit("person.show", "person", found.facts["person"], fields=fields, why=reason)

    await note(ask.house, work, viewer=ask.viewer)
    return _page(ask, found, opened=True)


def _page(ask: Ask, found: Profile, *, opened: bool = False, flash: Flash | None = None) -> Answer:
    facts, number = found.facts, found.facts["number"]
    status, tone = words.status_word(ask, facts["status"], facts["left_why"])
    may = ask.viewer.may(WRITE)
    view = PersonView(
        name=facts["name"],
        number=words.spaced(number),
        status=status,
        status_tone=tone,
        quiet=ask._("Passed away · %(day)s", day=facts["died_on"]) if found.died else "",
        facts=tuple(_facts(ask, found)),
        contact=words.contact(ask, found.sealed, opened=opened),
        show_action=address(ask, number, "/show") if found.sealed and not opened else "",
        reasons=(FieldOption(value="", label="—"), *words.options(ask, _WHAT_FOR)),
        opened=opened,
        homes=tuple(_homes(ask, found)),
        teams=words.dated_teams(ask, found.of("team"), linked=True),
        posts=words.dated_posts(ask, found.of("post"), linked=True),
        moves=tuple(_moves(ask, found)),
        household=tuple(_household(ask, found)),
        relations=tuple(_relations(ask, found, may=may)),
        relate_href=address(ask, number, "/relations") if may and not found.died else "",
        served=tuple(_served(ask, found)),
        alike=() if found.died else tuple(_alike(ask, found)),
        actions=tuple(_actions(ask, found)) if may else (),
        more=tuple(_more(ask, found)) if may else (),
        back_href=ask.home + "/people",
    )
    return ask.page("person.html", view, title=facts["name"], current=ask.home + "/people", flash=flash)


def _facts(ask: Ask, found: Profile) -> list[Fact]:
    facts = found.facts
    rows = [
        Fact(label=ask._("Joined"), text=facts["joined_on"]),
        Fact(label=ask._("Confirmed service"), text=ask.duration(facts["minutes"])),
    ]
    if facts["stars"]:
        rows.append(Fact(label=ask._("Star level"), text=star_words(ask, facts["stars"])))
    if facts["left_on"] and not found.died:
        rows.insert(1, Fact(label=ask._("Left on"), text=facts["left_on"]))
    if ask.viewer.may("points.read"):
        rows.append(Fact(label=ask._("Points to use"), text=grouped(facts["points"])))
        if facts["debt"]:
            rows.append(Fact(label=ask._("Points owed"), text=grouped(facts["debt"])))
    for consent in found.of("consent"):
        if consent["a"] == "volunteering":
            rows.append(Fact(label=ask._("Agreed on"), text=ask.when_full(consent["n"])))
    return rows


def _homes(ask: Ask, found: Profile) -> list[Dated]:
    """Where he lives and lived; a place of no day, corrected at once, is left out."""
    rows = [r for r in found.of("home") if r["c"] != r["d"]]
    return [
        Dated(
            what=r["a"],
            when=words.between(ask, r["c"], r["d"]),
            href=f"{ask.home}/areas/{r['b']}",
            over=r["d"] is not None,
        )
        for r in sorted(rows, key=lambda r: r["d"] is not None)
    ]


def _moves(ask: Ask, found: Profile) -> list[Fact]:
    rows = [
        Fact(label=ask._("Moved to %(community)s", community=r["a"]), text=ask.when(r["n"]))
        for r in found.of("went")
    ]
    for one in found.earlier:
        hours = ask.duration(one.minutes)
        text = f"{words.between(ask, one.joined_on, one.left_on or None)} · {hours}"
        rows.append(Fact(label=ask._("Came from %(community)s", community=one.community), text=text))
    for code in found.of("code"):
        text = ask._("good until %(time)s", time=ask.when_full(code["n"]))
        rows.append(Fact(label=ask._("A moving code is out"), text=text))
    return rows


def _household(ask: Ask, found: Profile) -> list[Fact]:
    return [
        Fact(
            label=words.kinship(ask, r["c"]),
            text=r["a"],
            href=address(ask, r["b"]) if r["b"] else "",
        )
        for r in found.of("together")
    ]


def _relations(ask: Ask, found: Profile, *, may: bool) -> list[Tie]:
    """Who does something for him, then for whom he does."""
    return [
        Tie(
            what=ask.render(KINDS[r["c"]].title if part == "helper" else KINDS[r["c"]].of),
            name=r["a"],
            when=words.between(ask, r["d"], None),
            href=address(ask, r["b"]) if r["b"] else "",
            end_href=f"{ask.home}/relations/{r['place']}/end" if may else "",
        )
        for part in ("helper", "helped")
        for r in found.of(part)
        if r["c"] in KINDS
    ]


def _served(ask: Ask, found: Profile) -> list[Fact]:
    rows = []
    for r in found.of("served"):
        note_ = {None: ask._("waits"), "off": ask._("not counted")}.get(r["c"], "")
        text = ask.duration(r["n"]) + (f" · {note_}" if note_ else "")
        rows.append(Fact(label=f"{r['b']} {r['a']}", text=text))
    return rows


def _alike(ask: Ask, found: Profile) -> list[Likeness]:
    """One line for each, whatever he has in common."""
    number = found.facts["number"] if ask.viewer.may(WRITE) else ""
    likes: dict[str, Alike] = {}
    for r in found.of("alike"):
        why = likes[r["b"]].why if r["b"] in likes else ()
        if r["e"] not in why:
            likes[r["b"]] = Alike(r["b"], r["a"], r["c"], r["d"], (*why, r["e"]))
    return [words.likeness(ask, one, number) for one in likes.values()]


def _actions(ask: Ask, found: Profile) -> list[NavItem]:
    number = found.facts["number"]
    if found.died:
        return []
    rows = [NavItem(title=ask._("Edit"), href=address(ask, number, "/edit"), icon="edit")]
    if not found.left and ask.viewer.may("team.write"):
        rows.append(NavItem(title=ask._("Teams"), href=address(ask, number, "/teams"), icon="shield"))
    if ask.viewer.may("points.adjust"):
        rows.append(NavItem(title=ask._("Adjust points"), href=address(ask, number, "/adjust"), icon="edit"))
    rows.append(NavItem(title=ask._("Card"), href=address(ask, number, "/card"), icon="print"))
    if found.left:
        rows.append(NavItem(title=ask._("Take back in"), href=address(ask, number, "/return"), icon="undo"))
    return rows


def _more(ask: Ask, found: Profile) -> list[NavItem]:
    number = found.facts["number"]
    if found.died:
        return [
            NavItem(title=ask._("This was a mistake"), href=address(ask, number, "/death/undo"), icon="undo")
        ]
    rows = [
        NavItem(title=ask._("Lost telephone"), href=address(ask, number, "/phone-lost"), icon="phone"),
        NavItem(title=ask._("Lost card"), href=address(ask, number, "/card-lost"), icon="key"),
    ]
    if not found.left:
        rows += [
            NavItem(
                title=ask._("Moves to another community"), href=address(ask, number, "/move"), icon="next"
            ),
            NavItem(title=ask._("Leaves"), href=address(ask, number, "/leave"), icon="leave"),
        ]
    rows += [
        NavItem(title=ask._("Entered twice"), href=address(ask, number, "/merge"), icon="users"),
        NavItem(title=ask._("Has passed away"), href=address(ask, number, "/death"), icon="moon"),
    ]
    return rows


@get("/c/{slug}/people/{number}/card", name="person.card", permission=PERMISSION)
async def card(ask: Ask) -> Answer:
    """The card to print. After somebody was added it says so, and Enter goes on to the next."""
    who = await words.person_of(ask, PERMISSION)
    done = ask.query.raw("done")
    heading, text = {
        "added": (ask._("Added"), ask._("Tell the number, or print the card.")),
        "accepted": (ask._("Accepted"), ask._("Tell the number, or print the card.")),
        "lost": (
            ask._("A new number"),
            ask._("The old card opens nothing any more. Print the new one."),
        ),
        "arrived": (ask._("Welcome here"), ask._("The number is new; name and telephone stay.")),
    }.get(done, (ask._("Volunteer card"), ""))
    fresh = done == "added"
    page = address(ask, who.number)
    view = CardView(
        heading=heading,
        text=text,
        name=who.name,
        number=words.spaced(who.number),
        community=ask.community.name if ask.community is not None else "",
        help_phone=ask.community.help_phone if ask.community is not None else "",
        joined=who.joined_on,
        next_href=ask.home + "/people/new" if fresh else page,
        next_label=ask._("Add the next") if fresh else ask._("To this person's page"),
        focus_next=fresh,
        actions=(
            NavItem(title=ask._("Edit"), href=page + "/edit", icon="edit"),
            NavItem(title=ask._("Teams"), href=page + "/teams", icon="shield"),
            NavItem(title=ask._("Page"), href=page, icon="user"),
        )
        if fresh
        else (),
    )
    title = f"{ask._('Volunteer card')} {who.name}"
    return ask.page("person_card.html", view, title=title, current=ask.home + "/people")


ROUTES = (person, show, card)
