"""Each house rule catches its bad sample and lets the good one pass."""

import json
from pathlib import Path

import pytest

from tests.house import project_rules, python_rules, template_rules
from tests.house.arrows import arrows, plugin_names


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("core/base/act.py", "from core.points import ledger"),
        ("core/points/rules.py", "import core.activity.review"),
        ("core/community/people.py", "from core import points"),
        ("core/activity/review.py", "from ..reward import redemption"),
        ("core/reward/stock.py", "from core.api import act"),
        ("core/base/clock.py", "import web.app"),
        ("core/api.py", "from plugins.patrol import rules"),
        ("web/app.py", "import plugins.patrol"),
        ("plugins/patrol/pages.py", "from core.points.ledger import post_batch"),
        ("plugins/patrol/pages.py", "from web.render import render"),
        ("plugins/patrol/pages.py", "from plugins.garden import rules"),
        ("plugins/patrol/pages.py", "from core import base"),
    ],
)
def test_an_arrow_that_points_the_wrong_way_is_caught(path: str, line: str):
    assert len(arrows(path, "import os\n" + line)) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("core/points/awards.py", "from core.base.act import Unit"),
        ("core/points/awards.py", "from . import ledger"),
        ("core/activity/review.py", "from ..points.awards import Line"),
        ("core/api.py", "from core.lifecycle import import_csv"),
        ("web/app.py", "from core.reward import redemption"),
        ("plugins/patrol/pages.py", "from web.api import get"),
        ("plugins/patrol/pages.py", "from core import api"),
        ("plugins/patrol/pages.py", "from . import rules"),
        ("plugins/patrol/pages.py", "from plugins.patrol import rules"),
    ],
)
def test_an_arrow_that_points_the_right_way_passes(path: str, line: str):
    assert arrows(path, line) == []


def test_a_plugin_called_by_its_module_name_is_caught():
    assert plugin_names("web/app.py", "import_module('plugins.patrol')") != []
    assert plugin_names("web/app.py", "'linli.plugins'; 'plugins'; 'See plugins. They are many'") == []


def test_a_long_file_and_a_long_function_are_caught():
    assert python_rules.file_length("a.py", "x = 1\n" * 401) != []
    assert python_rules.file_length("a.py", "x = 1\n" * 400) == []
    body = "    x = 1\n"
    assert python_rules.function_length("a.py", "async def f():\n" + body * 60) != []
    assert python_rules.function_length("a.py", "def f():\n" + body * 59) == []


@pytest.mark.parametrize(
    "text",
    [
        'await unit.execute(f"delete from {table}")',
        'await db.fetch("select " + columns)',
        'await db.one("select a" " from " + table + " where x")',
        'await db.value("select %s" % name)',
        'await db.fetch("select {}".format(name))',
        'await db.fetch(", ".join(names))',
        'sql = f"select {name}"\nawait db.fetch(sql)',
        'sql = "select 1"\nsql += " where x"\nawait db.fetch(sql)',
        'Person.raw(f"select {name}")',
    ],
)
def test_sql_put_together_is_caught(text: str):
    assert len(python_rules.built_sql("a.py", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        'await db.fetch("select 1 from person where id = :id", id=1)',
        'await db.fetch("select 1 "\n "from person")',
        'SQL = "select 1"\nawait db.fetch(SQL)',
        'say(f"{count} rows")\nawait db.fetch(TEXT)',
        'database.pragma("pragma " + name)',
        'form.one(f"from-{number}")',
        'form.raw("from-" + number)',
    ],
)
def test_constant_sql_passes(text: str):
    assert python_rules.built_sql("a.py", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept:\n    ...",
        "try:\n    f()\nexcept BaseException as e:\n    'why'",
    ],
)
def test_a_swallowed_error_is_caught(text: str):
    assert len(python_rules.swallowed("a.py", text)) == 1


def test_a_named_or_handled_error_passes():
    assert python_rules.swallowed("a.py", "try:\n    f()\nexcept KeyError:\n    pass") == []
    assert python_rules.swallowed("a.py", "try:\n    f()\nexcept Exception:\n    log()") == []


def test_a_task_started_outside_the_base_is_caught():
    text = "asyncio.create_task(f())"
    assert python_rules.stray_tasks("web/app.py", text) != []
    assert python_rules.stray_tasks("core/base/jobs.py", text) == []


@pytest.mark.parametrize(
    "text", ["x = 1  # TO" + "DO", "raise NotImplementedError", "raise NotImplementedError('x')"]
)
def test_unfinished_work_is_caught(text: str):
    assert python_rules.unfinished("core/a.py", text) != []
    assert python_rules.unfinished("core/a.py", "x = 1  # done") == []


def test_markup_made_elsewhere_is_caught():
    assert python_rules.unsafe_markup("web/views.py", "markupsafe.Markup(x)") != []
    assert python_rules.unsafe_markup("web/render.py", "Markup(x)") == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ name|safe }}",
        "{{ name | safe }}",
        "{{ Markup(name) }}",
        "{% autoescape false %}",
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a hx-on:click="go()">',
        "<a hx-vals='js:{a: b}'>",
        '<a href="javascript:go()">',
        '<a onclick="go()">',
        '<a hx-trigger="click[ctrlKey]">',
        '<a hx-ext="morph">',
        '<a hx-disabled-elt="this">',
        '<a hx-vars="a">',
        '<a data-x="htmx:afterSwap">',
        '<img src="https://example.org/a.png">',
        '<img src="//example.org/a.png">',
    ],
)
def test_what_the_content_policy_refuses_is_caught(text: str):
    assert len(template_rules.forbidden("a.html", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{# never |safe, never <style> #}",
        '<p class="style">safe</p>',
        '<link rel="stylesheet" href="{{ asset(\'css/linli.css\') }}">',
        "<script src=\"{{ asset('js/linli.js') }}\" defer></script>",
        '<a hx-get="/a" hx-trigger="load" hx-target="#main" href="/a">',
        '<body hx-headers:inherited=\'{"X-CSRF-Token": "x"}\'>',
    ],
)
def test_a_clean_template_passes(text: str):
    assert template_rules.forbidden("a.html", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "see ../" + "shared/design.md",
        "open /" + "work/main",
        "as issue" + " 2 says",
        "done in this" + " session",
        "pip install -i https://pypi" + ".org/simple",
        "--index" + "-url x",
    ],
)
def test_a_foreign_word_is_caught(text: str):
    assert len(project_rules.foreign_words("a.md", text)) == 1


@pytest.mark.parametrize("text", ["shared by all", "/c/a/work/1", "an issue of points", "her session ends"])
def test_our_own_words_pass(text: str):
    assert project_rules.foreign_words("a.md", text) == []


def test_a_changed_vendored_file_is_caught(tmp_path: Path):
    (tmp_path / "a.js").write_text("changed")
    (tmp_path / "b.js").write_text("unlisted")
    entry = {"name": "a", "version": "1", "file": "a.js", "licence_file": "LICENSE", "sha384": "x"}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps([entry]))
    assert len(project_rules.vendored(manifest)) == 3


def test_an_undocumented_name_is_caught():
    assert project_rules.undocumented(["LINLI_PORT", "score"], "`LINLI_PORTS` and `score(a, b)`") == [
        "LINLI_PORT is not documented"
    ]


def test_hooks_are_found_by_their_marks():
    assert project_rules.hooks("@hookspec(firstresult=True)\ndef score(): ...\ndef other(): ...") == ["score"]
    assert project_rules.implemented("@hookimpl\ndef score(): ...\ndef other(): ...") == {"score"}
