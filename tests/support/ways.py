"""Ways in for tests: somebody who has just shown who he is, slips, cards and PINs of the cast."""

from dataclasses import replace
from typing import Any

from core.base.act import Unit
from core.base.viewer import Viewer
from core.community import cards, pins, shutting, slips
from core.community.volunteers import by_number
from tests.support.cast import Cast

PIN = "804172"


async def proved(cast: Cast, name: str, slug: str = "hongqi") -> Viewer:
    """This figure, who typed the password a moment ago."""
    return replace(await cast.viewer(name, slug), stepped_up_at=cast.house.clock.now())


async def shown(cast: Cast, name: str) -> str:
    """The public id of a figure's person."""
    return str(await cast.house.db.value("select public_id from person where id = :id", id=cast[name].person))


async def make_slip(cast: Cast, name: str, maker: str = "陈社工", **wishes: Any) -> str:
    """The code of a slip this worker prints for this figure."""
    whom = await shown(cast, name)

    async def work(unit: Unit) -> dict[str, Any]:
        return {"slip": await slips.make_slip(unit, whom, **wishes)}

    done = await cast.do(await proved(cast, maker), work)
    return slips.code_of(cast.house, done.answer["slip"])


async def without_password(cast: Cast, *names: str) -> None:
    """These figures have never chosen a password."""
    people = [cast[name].person for name in names]
    await cast.do(
        cast.system(),
        lambda unit: unit.execute("delete from credential where person in ids(:people)", people=people),
    )


async def shut_out(cast: Cast, name: str) -> None:
    """The figure's account is shut."""
    whom = await shown(cast, name)
    await cast.do(cast.system(), lambda unit: shutting.shut(unit, whom))


async def give_pin(cast: Cast, name: str, pin: str = PIN, clerk: str = "孙店员") -> None:
    """The figure has typed a PIN on the clerk's screen."""
    viewer = await cast.viewer(clerk)
    who = await by_number(viewer, cast[name].number, pins.SET)
    prepared = await pins.prepare_pin(cast.house, who.person, cast.hongqi, pins.clean_pin(pin))
    await cast.do(viewer, lambda unit: pins.set_first_pin(unit, who, prepared))


async def give_card(cast: Cast, name: str, worker: str = "陈社工") -> str:
    """The token of a card that is printed for the figure."""
    viewer = await cast.viewer(worker)
    who = await by_number(viewer, cast[name].number)
    await cast.do(viewer, lambda unit: cards.make_card(unit, who))
    return await cards.card_of(viewer, who)
