"""Templates: escaped, strict, in the reader's language, and a plugin cannot take the house's place."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateError, UndefinedError
from litestar import Litestar
from markupsafe import Markup, escape

from web.app import FOLDER, texts_of
from web.assets import Assets, NoAsset
from web.render import Renderer, escaped
from web.site import Site
from web.view_parts import PageFrame
from web.views import MessageView


def renderer(folder: Path) -> Renderer:
    return Renderer(texts_of(None), Assets(FOLDER / "static"), [("guest", folder)])


def draw(folder: Path, source: str, lang: Any = "zh-Hans", heading: str = "x") -> str:
    (folder / "page.html").write_text(source, encoding="utf-8")
    view = MessageView(heading=heading, href="/", label="x")
    return renderer(folder).page("guest/page.html", PageFrame(title="x", lang=lang), view).decode()


EVIL = '<script>alert("1")</script>&\''


def test_whatever_the_file_is_called_it_is_escaped(tmp_path: Path) -> None:
    drawn = draw(
        tmp_path, "{{ view.heading }}|{{ 'a' ~ view.heading }}|{{ view.heading|upper }}", heading=EVIL
    )
    assert "<" not in drawn
    assert drawn.count("&lt;") == 6


class _Loud(str):
    """A text of another type, as a library may hand one in."""


@pytest.mark.parametrize("value", [EVIL, _Loud(EVIL), [EVIL], 44, None, Markup("<b>"), "\N{MINUS SIGN}44"])
def test_every_kind_of_value_is_written_as_markupsafe_writes_it(value: Any) -> None:
    assert escaped(value) == str(escape(value))


def test_escaping_cannot_be_switched_off_in_a_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        draw(tmp_path, "{% autoescape false %}{{ view.heading }}{% endautoescape %}", heading=EVIL)


def test_a_name_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    for source in (
        "{{ nothing }}",
        "{{ view.nothing }}",
        "{% if view.nothing %}x{% endif %}",
        "{{ request }}",
    ):
        with pytest.raises(UndefinedError):
            draw(tmp_path, source)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh-Hans", "请先登录。"), ("zh-Hant", "請先登入。"), ("en", "Please sign in first.")]
)
def test_labels_are_put_in_once_per_language(tmp_path: Path, lang: str, words: str) -> None:
    source = '{{ _("Please sign in first.") }}{% set x = "Please sign in first." %}{{ _(x) }}'
    assert draw(tmp_path, source, lang) == words * 2


def test_per_cent_and_arguments_are_the_same_either_way(tmp_path: Path) -> None:
    source = '{{ _("100 %% sure") }}|{{ _("%(a)s < %(b)s", a=view.heading, b=1) }}'
    assert draw(tmp_path, source, "en", heading="<b>") == "100 % sure|&lt;b&gt; < 1"


def test_a_file_that_does_not_exist_is_found_when_the_template_is_compiled(tmp_path: Path) -> None:
    with pytest.raises(NoAsset):
        draw(tmp_path, "{{ asset('nothing.css') }}")


def test_a_plugin_cannot_replace_a_template_of_the_house(tmp_path: Path) -> None:
    (tmp_path / "home.html").write_text("mine", encoding="utf-8")
    (tmp_path / "page.html").write_text("{% extends 'home.html' %}", encoding="utf-8")
    drawn = renderer(tmp_path)
    assert "mine" not in (drawn.template("en", "home.html").filename or "")
    assert str(FOLDER) in str(drawn.template("en", "home.html").filename)


def test_a_link_out_of_the_static_folder_is_not_served(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("secret", encoding="utf-8")
    static = tmp_path / "static"
    static.mkdir()
    (static / "a.css").write_text("a", encoding="utf-8")
    (static / "b.css").symlink_to(secret)
    (static / "c.py").write_text("c", encoding="utf-8")
    assets = Assets(static)
    assert assets.has("a.css")
    assert not assets.has("b.css")
    assert not assets.has("c.py")


def test_every_page_of_the_house_compiles_in_every_language(app: Litestar) -> None:
    site: Site = app.state.site
    site.renderer.warm()
