"""Which plugins run, and why others do not: nothing a plugin does wrong stops the house."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.api import Entry, Manifest, Message, Permission, PersonalData
from core.base.house import House, open_house
from core.base.migrate import migrate
from core.base.settings import Settings
from core.extension.registry import GROUP, Registry, leave_out_unmigrated, load, names_of
from tests.support.programme import flat, programme


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`install("name", "source")` puts a module on the path and returns its entry point."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def put(name: str, source: str, module: str = "") -> EntryPoint:
        module = module or "linli_test_" + name
        (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        made.append(module)
        return EntryPoint(name=name, value=module, group=GROUP)

    yield put
    for module in made:
        sys.modules.pop(module, None)


GOOD = """
from pathlib import Path
from core.api import Manifest, Message
manifest = Manifest(name={name!r}, title=Message("A"), api=(1, 1), folder=Path(__file__).parent)
"""


def test_the_bundled_programme_comes_in_by_its_entry_point():
    registry = load(["patrol"])
    assert registry.broken == {}
    plugin = registry.get("patrol")
    assert plugin is not None
    assert plugin.implements == {"routes", "score", "on_event", "demo_data"}
    assert [s.app for s in registry.sources()] == ["patrol"]
    assert [(h.name, set(h.events)) for h in registry.handlers()] == [("plugin:patrol", {"patrol.found"})]
    assert registry.permissions_of("leader") == {"patrol.record", "patrol.read"}
    assert registry.permissions_of("volunteer") == frozenset()


def test_only_allowed_plugins_are_imported(install: Any):
    points = [install("here", GOOD.format(name="here")), install("there", "raise SystemExit(3)")]
    registry = load(["here"], points)
    assert (set(registry.plugins), registry.broken) == ({"here"}, {})
    assert "linli_test_there" not in sys.modules


FAULTY = {
    "raises": ("raise ValueError('at import')", "ValueError: at import"),
    "exits": ("import sys; sys.exit(1)", "SystemExit"),
    "syntax": ("def (", "SyntaxError"),
    "missing": ("import a_module_that_is_not_there", "ModuleNotFoundError"),
    "empty": ("", "no `manifest`"),
    "untyped": ("manifest = {'name': 'untyped'}", "no `manifest`"),
    "renamed": (GOOD.format(name="other"), "its manifest says 'other'"),
    "old": (GOOD.format(name="old").replace("(1, 1)", "(0, 0)"), "versions 0 to 0"),
    "young": (GOOD.format(name="young").replace("(1, 1)", "(2, 9)"), "versions 2 to 9"),
    "misspelt": (
        GOOD.format(name="misspelt")
        + "from core.api import hookimpl\n@hookimpl\ndef scores(attendance, rules): return []\n",
        "scores",
    ),
    "arguments": (
        GOOD.format(name="arguments")
        + "from core.api import hookimpl\n@hookimpl\ndef score(attendance, rules, password): return []\n",
        "password",
    ),
    "badfield": (GOOD.format(name="badfield").replace("api=", "apis="), "TypeError"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_plugin_is_kept_with_the_reason_and_the_others_run(install: Any, name: str):
    source, reason = FAULTY[name]
    registry = load([name, "good"], [install(name, source), install("good", GOOD.format(name="good"))])
    assert set(registry.plugins) == {"good"}
    assert reason in registry.broken[name]
    assert names_of(registry) == {"good": "runs", name: registry.broken[name]}


def test_an_allowed_plugin_that_is_not_installed_is_said_so():
    assert load(["nowhere"], []).broken == {"nowhere": "it is allowed but not installed"}


def test_two_packages_with_one_name_are_both_left_out(install: Any):
    points = [
        install("twin", GOOD.format(name="twin")),
        install("twin", GOOD.format(name="twin"), "other_twin"),
    ]
    assert "two installed packages" in load(["twin"], points).broken["twin"]


def test_an_entry_point_must_name_a_module(install: Any):
    install("object", GOOD.format(name="object"))
    point = EntryPoint(name="object", value="linli_test_object:manifest", group=GROUP)
    assert "does not name a module" in load(["object"], [point]).broken["object"]


def plain(**parts: Any) -> ModuleType:
    fields = {"name": "plain", "title": Message("Plain"), "api": (1, 1), "folder": Path()}
    module = ModuleType("plain")
    module.manifest = Manifest(**{**fields, **parts})  # type: ignore[attr-defined]  # modules take any attribute
    return module


BAD_MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "Plain!"}, "small letters"),
    "permission": (
        {"permissions": (Permission(key="points.read", title=Message("x")),)},
        "does not begin with 'plain.'",
    ),
    "entry": (
        {"entries": (Entry(title=Message("x"), path="/", permission="points.read"),)},
        "does not declare",
    ),
    "table": (
        {"personal_data": (PersonalData(table="person", purpose=Message("x")),)},
        "does not begin with 'plain_'",
    ),
    "rules": ({"rules": dict}, "sentences"),
    "kinds": ({"kinds": programme().manifest.kinds}, "no rules struct or no `score`"),
}


@pytest.mark.parametrize(("parts", "reason"), BAD_MANIFESTS.values(), ids=BAD_MANIFESTS)
def test_a_manifest_that_breaks_a_rule_is_refused(parts: dict[str, Any], reason: str):
    registry = Registry()
    with pytest.raises(Exception, match=reason.replace("(", r"\(").replace(")", r"\)")):
        registry.add(plain(**parts), parts.get("name", "plain"))
    assert registry.plugins == {}


def test_tables_of_two_plugins_cannot_be_confused():
    registry = Registry()
    registry.add(programme("care"), "care")
    with pytest.raises(Exception, match="tables"):
        registry.add(programme("care_home"), "care_home")
    registry.add(programme("careful"), "careful")
    assert set(registry.plugins) == {"care", "careful"}


def test_a_plugin_taken_out_leaves_no_permission_behind():
    registry = Registry()
    permission = Permission(key="watch.record", title=Message("x"), roles=("leader",))
    registry.add(programme(permissions=(permission,)), "watch")
    assert registry.permissions_of("leader") == {"watch.record"}
    assert registry.kind("watch", "watch") is not None
    registry.mark_broken("watch", "its migrations failed")
    assert registry.permissions_of("leader") == frozenset()
    assert registry.kind("watch", "watch") is None
    assert registry.broken == {"watch": "its migrations failed"}


def test_a_call_reaches_one_plugin_only():
    called: list[str] = []

    def answers(name: str) -> Any:
        def rule(attendance: Any, rules: Any) -> Any:
            called.append(name)
            return flat(attendance, rules)

        return rule

    registry = Registry()
    for name in ("one", "two"):
        registry.add(programme(name, answers(name)), name)
    plugin = registry.get("one")
    assert plugin is not None
    attendance, rules = type("A", (), {"minutes": 1})(), type("R", (), {"points": 1})()
    plugin.hooks.score(attendance=attendance, rules=rules)
    assert called == ["one"]


async def test_a_plugin_whose_migrations_have_not_run_is_left_out(blank_settings: Settings):
    await migrate(blank_settings)
    registry = load(["patrol"])
    house = await open_house(blank_settings, registry=registry, handlers=registry.handlers())
    try:
        await leave_out_unmigrated(house)
        assert "patrol_2026_11_23_0001" in registry.broken["patrol"]
        assert registry.get("patrol") is None
        assert house.handlers == ()
    finally:
        await house.close()


async def test_a_migrated_plugin_stays(house: House):
    await leave_out_unmigrated(house)
    assert house.registry.broken == {}
    assert [handler.name for handler in house.handlers] == ["plugin:patrol"]
