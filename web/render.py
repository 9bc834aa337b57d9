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
    TemplateAssertionError,
    nodes,
)
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from jinja2_fragments import render_block
from markupsafe import escape
from markupsafe._speedups import _escape_inner as _escape_text

from core.base.i18n import LANGUAGES, Catalogue, Texts
from web.assets import Assets, NoAsset
from web.view_parts import PageFrame, View

TEMPLATES = Path(__file__).parent / "templates"
_PLACE = re.compile(r"%\((\w+)\)s")
_SYMBOL = re.compile(r"[a-z][a-z0-9-]*")


class _Words(NodeTransformer):
    """Puts in what is known when a template is compiled, so that it costs nothing when the page is drawn.

    Words: `_("constant")`. Addresses: `asset("constant")`, `integrity("constant")`. Pictures: `icon("name",
    "size")`.
    """

    def __init__(self, catalogue: Catalogue, assets: Assets) -> None:
        self._catalogue = catalogue
        self._assets = assets

    def visit_Name(self, node: nodes.Name, *args: Any, **kwargs: Any) -> nodes.Node:
        if node.name != "sprite" or node.ctx != "load":
            return node
        url = nodes.Const(self._assets.url("icons.svg"), lineno=node.lineno)
        return nodes.MarkSafe(url, lineno=node.lineno)

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

    def visit_Output(self, node: nodes.Output, *args: Any, **kwargs: Any) -> nodes.Node:
        """`{{ _("%(sum)s points", sum=x) }}` becomes the words around an ordinary `{{ x }}`."""
        self.generic_visit(node, *args, **kwargs)
        node.nodes = [part for child in node.nodes for part in self._spread(child)]
        return node

    def _spread(self, child: nodes.Expr) -> list[nodes.Expr]:
        if not isinstance(child, nodes.Call) or not isinstance(child.node, nodes.Name):
            return [child]
        one = child.args[0] if len(child.args) == 1 else None
        if child.node.name not in ("_", "gettext") or not isinstance(one, nodes.Const) or not child.kwargs:
            return [child]
        given = {pair.key: pair.value for pair in child.kwargs}
        pieces = _PLACE.split(self._catalogue.gettext(one.value))
        if not given.keys() >= set(pieces[1::2]) or any("%" in p.replace("%%", "") for p in pieces[::2]):
            return [child]
        spread: list[nodes.Expr] = []
        for place, piece in enumerate(pieces):
            words = nodes.MarkSafe(nodes.Const(piece.replace("%%", "%"), lineno=child.lineno))
            spread.append(given[piece] if place % 2 else words)
        return spread

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


def escaped(value: Any) -> str:
    """What autoescaping writes for a value: `markupsafe.escape`, without a wrapping nobody asks for."""
    return _escape_text(value) if type(value) is str else escape(value)


class _Code(CodeGenerator):
    """Compiles `{{ value }}` to `escaped(value)`: half of a page's time was spent making Markup objects."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:
        super().visit_Template(node, frame)
        self.writeline("from web.render import escaped")

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            raise TemplateAssertionError("autoescape cannot be switched", node.lineno)
        self.write("escaped(")


class _Template(Template):
    """Imported macros know the environment's globals and nothing else, so one module serves every page."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module(None)


class _LanguageEnvironment(Environment):
    """An environment that speaks one language."""

    code_generator_class = _Code
    template_class = _Template

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
