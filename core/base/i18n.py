"""The words of three languages: catalogues read from .po files once, at start.

Core's own catalogue is read first, then the plugins' are merged in, then core's again: a plugin adds
words and cannot change the core's. English is the language of the ids, so nothing is ever missing there.
"""

import gettext
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from core.base.errors import Message

log = logging.getLogger("linli.i18n")

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
DEFAULT = "zh-Hans"
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
_CONTEXT = "\x04"  # between context and id, as in .mo files


def language_of(tag: str) -> str:
    """One of LANGUAGES for a language tag such as zh-CN, zh_TW or en-GB; '' for any other language."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        return "zh-Hant" if _TRADITIONAL & set(parts[1:]) and "hans" not in parts else "zh-Hans"
    return "en" if parts[0] == "en" else ""


def accepted(header: str) -> str:
    """The best of LANGUAGES for an Accept-Language header; '' when it names none of them."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        language = language_of(tag)
        if language and quality > 0:
            wishes.append((-quality, place, language))
    return min(wishes)[2] if wishes else ""


def negotiate(user: str, cookie: str, accept_language: str, community: str) -> str:
    """The reader's language: his own setting, then the cookie, the browser, the community, zh-Hans."""
    for wish in (user, cookie):
        if wish in LANGUAGES:
            return wish
    return accepted(accept_language) or language_of(community) or DEFAULT


def _read(path: Path) -> tuple[dict[str, str | tuple[str, ...]], Callable[[int], int] | None]:
    with path.open("rb") as file:
        catalog = read_po(file)
    words: dict[str, str | tuple[str, ...]] = {}
    for entry in catalog:
        if not entry.id or entry.fuzzy:
            continue
        single = entry.id if isinstance(entry.id, str) else entry.id[0]
        text = entry.string if isinstance(entry.string, str) else tuple(entry.string or ())
        if not text or (isinstance(text, tuple) and not all(text)):
            continue
        words[entry.context + _CONTEXT + single if entry.context else single] = text
    return words, gettext.c2py(str(catalog.plural_expr))


class Catalogue:
    """One language's words."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: dict[str, str | tuple[str, ...]] = {}
        self._plural: Callable[[int], int] = lambda n: int(n != 1)

    def merge(self, path: Path, *, rule: bool = False) -> None:
        """Adds a file's words over those already here; `rule` takes its plural rule too."""
        words, plural = _read(path)
        self.words.update(words)
        if rule and plural is not None:
            self._plural = plural

    def gettext(self, text: str) -> str:
        found = self.words.get(text, text)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, one: str, many: str, n: int) -> str:
        found = self.words.get(one)
        if isinstance(found, tuple):
            return found[min(self._plural(n), len(found) - 1)]
        return found or (one if n == 1 else many)

    def pgettext(self, context: str, text: str) -> str:
        found = self.words.get(context + _CONTEXT + text, text)
        return found if isinstance(found, str) else found[0]

    def npgettext(self, context: str, one: str, many: str, n: int) -> str:
        found = self.words.get(context + _CONTEXT + one)
        if isinstance(found, tuple):
            return found[min(self._plural(n), len(found) - 1)]
        return found or (one if n == 1 else many)


class Texts:
    """The words of every language. `core` is a locale folder; `plugins` pairs of name and locale folder."""

    def __init__(self, core: Path, plugins: Iterable[tuple[str, Path]] = ()) -> None:
        self.catalogues = {language: Catalogue(language) for language in LANGUAGES}
        plugins = tuple(plugins)
        for language, catalogue in self.catalogues.items():
            folder = Path(language.replace("-", "_")) / "LC_MESSAGES"
            own = core / folder / "linli.po"
            if own.exists():
                catalogue.merge(own, rule=True)
            for name, place in plugins:
                path = place / folder / f"{name}.po"
                try:
                    if path.exists():
                        catalogue.merge(path)
                except Exception as error:
                    # A plugin's broken catalogue costs its own words, not the house.
                    log.warning("the catalogue %s cannot be read: %s", path, type(error).__name__)
            if plugins and own.exists():
                catalogue.merge(own)

    def catalogue(self, language: str) -> Catalogue:
        return self.catalogues.get(language) or self.catalogues[DEFAULT]

    def gettext(self, language: str, text: str) -> str:
        return self.catalogue(language).gettext(text)

    def render(self, language: str, message: Message) -> str:
        """A message in a language. Arguments that are messages are rendered too.

        A translation with a wrong placeholder falls back to the English id, never to an error.
        """
        arguments: dict[str, Any] = {
            key: self.render(language, value) if isinstance(value, Message) else value
            for key, value in message.args.items()
        }
        for text in (self.gettext(language, message.id), message.id):
            try:
                return text % arguments if arguments or "%%" in text else text
            except (KeyError, TypeError, ValueError):
                continue
        return message.id
