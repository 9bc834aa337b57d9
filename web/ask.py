"""One request, with all a page needs to answer it: who asks, where, in which language, what was typed."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.base.errors import Invalid, Message
from core.base.ids import request_id
from core.base.viewer import Viewer
from core.community.sessions import has_stepped_up
from web import format as written
from web import hx
from web.cookies import Likes
from web.forms import EMPTY, Form, Upload
from web.frame import build_frame
from web.routes import Answer, Rule
from web.security import Headers
from web.view_parts import Flash, PageFrame, View

if TYPE_CHECKING:
    from core.base.house import House
    from core.base.i18n import Catalogue
    from core.community.viewer import CommunityInfo
    from web.site import Site

HTML = "text/html"
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
PRIVATE: Headers = [("cache-control", "no-store"), hx.VARY]


class Ask:
    """What a page is handed. `viewer` is always there; `community` only below /c/{slug}."""

    __slots__ = (
        "address",
        "binding",
        "catalogue",
        "community",
        "cookies",
        "extra",
        "files",
        "form",
        "headers",
        "lang",
        "likes",
        "now",
        "path",
        "query",
        "rule",
        "session_token",
        "site",
        "target",
        "unread",
        "viewer",
    )

    def __init__(self, site: "Site", rule: Rule, headers: dict[bytes, bytes], target: str) -> None:
        self.site = site
        self.rule = rule
        self.headers = headers
        self.target = target  # path and query as asked for
        self.path: dict[str, str] = {}
        self.query: Form = EMPTY
        self.form: Form = EMPTY
        self.files: dict[str, Upload] = {}  # by field, where the rule takes files
        self.cookies: dict[str, str] = {}
        self.session_token = ""
        self.binding = ""  # what form tokens hang on
        self.address = ""
        self.viewer = Viewer(house=site.house)  # nobody, until the door has looked
        self.community: CommunityInfo | None = None
        self.unread = 0  # notices, where the page has counted them
        self.likes = Likes()
        self.lang = "zh-Hans"
        self.catalogue: Catalogue
        self.now = 0
        self.extra: Headers = []  # headers of whatever answer is given, cookies mostly

    # -- words -----------------------------------------------------------------------------------------

    def _(self, text: str, **arguments: Any) -> str:
        """A text of ours in the reader's language."""
        found = self.catalogue.gettext(text)
        return found % arguments if arguments else found

    def ngettext(self, one: str, many: str, n: int, **arguments: Any) -> str:
        return self.catalogue.ngettext(one, many, n) % {"n": n, **arguments}

    def render(self, message: Message) -> str:
        return self.site.texts.render(self.lang, message)

    def error_texts(self, invalid: Invalid) -> dict[str, str]:
        """What is wrong, by field, in the reader's language."""
        return {field: self.render(message) for field, message in invalid.fields.items()}

    @property
    def zone(self) -> str:
        return self.community.zone if self.community is not None else "Asia/Shanghai"

    def when(self, at: int) -> str:
        """Short or relative: 昨天 20:00. `at` in milliseconds, like everywhere."""
        return written.short(at, self.now, self.zone, self.lang)

    def when_full(self, at: int) -> str:
        return written.full(at, self.zone, self.lang)

    def span(self, from_at: int, to_at: int) -> str:
        return written.span(from_at, to_at, self.zone, self.lang)

    def duration(self, minutes: int) -> str:
        return written.duration(minutes, self.lang)

    # -- addresses ---------------------------------------------------------------------------------------

    @property
    def house(self) -> "House":
        return self.site.house

    @property
    def home(self) -> str:
        """/c/{slug}, or '' outside any community."""
        return f"/c/{self.community.slug}" if self.community is not None else ""

    def url(self, path: str = "") -> str:
        """An address of the community, or of the plugin whose page this is."""
        base = f"{self.home}/x/{self.rule.plugin}" if self.rule.plugin else self.home
        return base + quote(path, safe="/?&=%#:;,@+!$'()*~[]-._")

    @property
    def csrf(self) -> str:
        return self.site.forms.token(self.binding) if self.binding else ""

    def new_request_id(self) -> str:
        return request_id()

    def public_url(self, path: str) -> str:
        """A whole address for paper: of the setting, else as this browser calls the house."""
        settings = self.house.settings
        if settings.base_url:
            return settings.base_url + path
        host = self.headers.get(b"host", b"").decode("latin-1")
        scheme = "https" if settings.secure_cookies else "http"
        return f"{scheme}://{host if _HOST.fullmatch(host) else settings.host}{path}"

    # -- who he is ---------------------------------------------------------------------------------------

    def stepped_up(self) -> bool:
        """Whether the viewer has shown within ten minutes who he is; else a page answers with `step_up()`."""
        return has_stepped_up(self.viewer)

    def step_up(self, back: str = "") -> Answer:
        """To the page that asks once more for password, PIN or code, and from there to `back` (this page)."""
        return self.redirect("/step-up?next=" + quote(back or self.target, safe=""))

    # -- answers -----------------------------------------------------------------------------------------

    def frame(
        self, title: str, *, current: str = "", flash: Flash | None = None, bare: bool = False
    ) -> PageFrame:
        return build_frame(self, title, current=current, flash=flash, bare=bare)

    def page(
        self,
        template: str,
        view: View,
        *,
        title: str,
        current: str = "",
        status: int = 200,
        fragment: str = "",
        flash: Flash | None = None,
        headers: Headers | None = None,
        bare: bool = False,
    ) -> Answer:
        """The page, or its block `fragment` alone when htmx asks for a part.

        `current` is the address of the navigation entry this page belongs to ('' for its own address). A
        `bare` page leads nowhere else: no menus, and not who is signed in.
        """
        frame = self.frame(title, current=current, flash=flash, bare=bare)
        if fragment and hx.wants_part(self.headers):
            body = self.site.renderer.part(template, fragment, frame, view)
        else:
            body = self.site.renderer.page(template, frame, view)
        return self.answer(body, HTML, status=status, headers=[*PRIVATE, *(headers or [])])

    def answer(
        self, body: bytes, media_type: str, *, status: int = 200, headers: Headers | None = None
    ) -> Answer:
        return Answer(
            body=body,
            media_type=media_type,
            status_code=status,
            headers=[*(headers or []), *self.extra],
        )

    def download(self, body: bytes, media_type: str, name: str) -> Answer:
        """A file to keep; `name` may be in any language."""
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
        told = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        return self.answer(body, media_type, headers=[("content-disposition", told), *PRIVATE])

    def redirect(self, url: str) -> Answer:
        """303: after a form, or to somewhere else; `url` is an address of this house."""
        return self.answer(b"", "text/plain", status=303, headers=[("location", hx.address(url)), *PRIVATE])
