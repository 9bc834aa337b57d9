"""Templates to HTML. One environment per language, so that words are put in when a template is compiled.

Autoescape is on, an unknown name is an error, and a template gets exactly two names: `page` and `view`.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    nodes,
)
from jinja2.visitor import NodeTransformer
from jinja2_fragments import render_block

from core.base.i18n import LANGUAGES, Catalogue, Texts
from web.assets import Assets, NoAsset
from web.view_parts import PageFrame, View

TEMPLATES = Path(__file__).parent / "templates"
_SYMBOL = re.compile(r"[a-z][a-z0-9-]*")


class _Words(NodeTransformer):
    """Puts in what is known when a template is compiled, so that it costs nothing when the page is drawn.

    Words: `_("constant")`. Addresses: `asset("constant")`, `integrity("constant")`. Pictures: `icon("name",
    "size")`.
    """

    def __init__(self, catalogue: Catalogue, assets: Assets) -> None:
        self._catalogue = catalogue
        self._assets = assets

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node, *args, **kwargs)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        constants = [a.value for a in node.args if isinstance(a, nodes.Const)]
        if not name or not plain or not constants or len(constants) < len(node.args):
            return node
        found = self._known(name, constants)
        return (
            node
            if found is None
            else nodes.MarkSafe(nodes.Const(found, lineno=node.lineno), lineno=node.lineno)
        )

    def _known(self, name: str, constants: list[Any]) -> str | None:
        if name in ("_", "gettext") and len(constants) == 1:
            # What jinja2's own gettext does when it is called: the text is ours, so it is markup, and %% is
            # one %.
            return self._catalogue.gettext(constants[0]) % {}
        if name == "asset":
            return self._assets.url(constants[0])
        if name == "integrity":
            return self._assets.integrity(constants[0])
        if name == "icon":
            return picture(self._assets, *constants)
        return None


def picture(assets: Assets, name: str, size: str = "") -> str:
    """The markup of one symbol of icons.svg. Names are checked, so that nothing else gets in."""
    if not _SYMBOL.fullmatch(name) or not _SYMBOL.fullmatch(size or "s"):
        raise NoAsset(name)
    kind = f"icon {size}" if size else "icon"
    return f'<svg class="{kind}" aria-hidden="true"><use href="{assets.url("icons.svg")}#{name}"/></svg>'


class _LanguageEnvironment(Environment):
    """An environment that speaks one language."""

    words: _Words

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return self.words.visit(tree)  # type: ignore[no-any-return]  # NodeTransformer.visit is typed Any


def _environment(catalogue: Catalogue, loader: BaseLoader, assets: Assets) -> Environment:
    environment = _LanguageEnvironment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    environment.words = _Words(catalogue, assets)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        catalogue.gettext,
        catalogue.ngettext,
        newstyle=True,
        pgettext=catalogue.pgettext,
        npgettext=catalogue.npgettext,
    )
    environment.globals.update(asset=assets.url, integrity=assets.integrity)
    return environment


class Renderer:
    """Draws pages. `plugins` are pairs of name and folder of templates, found as `<name>/<file>`."""

    def __init__(self, texts: Texts, assets: Assets, plugins: Iterable[tuple[str, Path]] = ()) -> None:
        own = {name: FileSystemLoader([folder / name, folder]) for name, folder in plugins}
        # The house's folder is asked first, so a plugin cannot put itself in place of one of its templates.
        loader = ChoiceLoader([FileSystemLoader(TEMPLATES), PrefixLoader(own)])
        self._environments = {
            language: _environment(texts.catalogue(language), loader, assets) for language in LANGUAGES
        }
        self._templates: dict[tuple[str, str], Template] = {}

    def template(self, language: str, name: str) -> Template:
        key = (language, name)
        found = self._templates.get(key)
        if found is None:
            found = self._templates[key] = self._environments[language].get_template(name)
        return found

    def page(self, name: str, page: PageFrame, view: View) -> bytes:
        """The whole page."""
        return self.template(page.lang, name).render(page=page, view=view).encode()

    def part(self, name: str, block: str, page: PageFrame, view: View) -> bytes:
        """One named block of the page, for htmx."""
        environment = self._environments[page.lang]
        return render_block(environment, name, block, page=page, view=view).encode()

    def warm(self) -> None:
        """Compiles the house's own templates, so that the first reader does not wait."""
        for language in LANGUAGES:
            for path in sorted(TEMPLATES.glob("*.html")):
                self.template(language, path.name)
