"""Forgotten passwords for tests: a house with a mail server, people with addresses."""

from dataclasses import replace

from core.base.house import House
from core.base.mail import MailServer
from core.base.outbox import deliver
from core.community import forgot
from core.community.details import keep_details
from tests.support.cast import Cast
from tests.support.smtp import Letter, Post

BASE = "https://linli.example.org"


def with_mail(house: House, post: Post, *, base_url: str = BASE) -> None:
    """The operator has named this server, without TLS because it is on this machine."""
    server = MailServer(host=post.host, port=post.port, sender="邻里 <noreply@linli.example.org>")
    house.settings = replace(house.settings, mail=server, base_url=base_url)
    house.handlers = (forgot.HANDLER, *house.handlers)


async def give_address(cast: Cast, **addresses: str) -> None:
    """These figures have an e-mail address: `give_address(cast, 李阿姨="li@example.org")`."""
    for name, address in addresses.items():
        person = cast[name].person
        await cast.do(cast.system(), lambda unit, p=person, a=address: keep_details(unit, p, {"email": a}))


async def arrived(house: House, post: Post) -> list[Letter]:
    """What arrives when the outbox is emptied now."""
    before = len(post.letters)
    while await deliver(house):
        pass
    return post.letters[before:]
