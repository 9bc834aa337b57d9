"""The house rules, applied to the whole project; tests/house/test_rules.py shows what each one catches."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from core.base.settings import HELP
from tests.house import project_rules, python_rules, template_rules
from tests.house.arrows import arrows, plugin_names
from tests.house.sources import CODE, ROOT, project_files, python_files, read, relative, templates

Rule = Callable[[str, str], list[str]]
TEXTS = {".py", ".html", ".js", ".css", ".sql", ".md", ".toml", ".txt", ".po", ".csv", ".json", ".svg", ""}


def faults(rule: Rule, files: list[Path]) -> list[str]:
    assert files, "the rule found nothing to read"
    return [fault for path in files for fault in rule(relative(path), read(path))]


def test_imports_point_one_way():
    assert faults(arrows, list(python_files(*CODE))) == []


def test_core_and_web_name_no_plugin():
    assert faults(plugin_names, list(python_files("core", "web"))) == []


@pytest.mark.parametrize("rule", [python_rules.file_length, python_rules.function_length])
def test_files_and_functions_stay_short(rule: Rule):
    assert faults(rule, list(python_files(*CODE, "tests", "bench"))) == []


@pytest.mark.parametrize(
    "rule",
    [
        python_rules.built_sql,
        python_rules.swallowed,
        python_rules.stray_tasks,
        python_rules.unfinished,
        python_rules.unsafe_markup,
    ],
)
def test_sources_keep_the_rule(rule: Rule):
    assert faults(rule, list(python_files(*CODE))) == []


def test_templates_keep_the_content_policy():
    assert faults(template_rules.forbidden, list(templates())) == []


def test_the_project_speaks_of_itself_alone():
    files = [
        p for p in project_files() if p.suffix in TEXTS and "vendor" not in p.parts and p.name != "LICENSE"
    ]
    assert faults(project_rules.foreign_words, files) == []


@pytest.mark.parametrize("folder", ["web/static/vendor", "tests/vendor"])
def test_vendored_files_are_what_they_claim(folder: str):
    assert project_rules.vendored(ROOT / folder / "manifest.json") == []


def test_every_setting_is_documented():
    assert project_rules.undocumented(list(HELP), read(ROOT / "docs" / "operators.md")) == []


def test_every_hook_is_documented_and_used():
    names = project_rules.hooks(read(ROOT / "core" / "extension" / "specs.py"))
    assert names
    assert project_rules.undocumented(names, read(ROOT / "docs" / "plugins.md")) == []
    used = set().union(*(project_rules.implemented(read(path)) for path in python_files("plugins")))
    assert sorted(set(names) - used) == []


def test_litestar_is_past_its_advisories():
    assert tuple(map(int, version("litestar").split(".")[:2])) >= (2, 25)
