"""The command line, as an operator types it."""

import json
import subprocess
from pathlib import Path

import pytest

from core.base.settings import Settings
from tests.support.server import LINLI, Server, environment, linli


def fails(settings: Settings, *arguments: str, **env: str) -> str:
    """What a command says that must not succeed."""
    done = subprocess.run(
        [str(LINLI), *arguments],
        env=environment(settings, **env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_new_database_is_migrated_once_and_served_only_then(blank_settings: Settings) -> None:
    assert "linli migrate" in fails(blank_settings, "serve")
    assert "migrations have not run" in fails(blank_settings, "check")
    assert "migrations run" in linli(blank_settings, "migrate")
    assert "up to date" in linli(blank_settings, "migrate")
    assert "fit to run" in linli(blank_settings, "check")


def test_a_setting_nobody_knows_is_named(settings: Settings) -> None:
    assert "LINLI_PROT" in fails(settings, "check", LINLI_PROT="8000")
    assert "LINLI_PORT" in fails(settings, "check", LINLI_PORT="eighty")


def test_what_is_dangerous_in_the_open_is_named(settings: Settings) -> None:
    said = fails(settings, "check", "--deploy")
    assert "LINLI_SECURE_COOKIES" in said
    assert "LINLI_BASE_URL" in said


def test_a_plugin_that_is_not_installed_is_named_and_the_rest_runs(settings: Settings) -> None:
    said = fails(settings, "check", LINLI_PLUGINS="patrol,no_such_thing")
    assert "no_such_thing" in said
    assert "patrol does not run" not in said


def test_the_demo_goes_into_an_empty_house_only(demo_settings: Settings) -> None:
    assert "not empty" in fails(demo_settings, "demo")
    assert "not loaded" in linli(demo_settings, "demo", "--if-empty")


def test_a_file_is_imported_once_and_mistakes_are_named_by_line(
    demo_settings: Settings, tmp_path: Path
) -> None:
    good = tmp_path / "good.csv"
    good.write_text("姓名,手机号,服务队,职务\n新来的,13700000001,新队,队长\n", encoding="utf-8-sig")
    slug = "qunying"
    assert "would add 1 people" in linli(demo_settings, "import", str(good), "--community", slug, "--dry-run")
    assert "1 volunteers, 1 teams" in linli(demo_settings, "import", str(good), "--community", slug)
    assert "nothing was added" in linli(demo_settings, "import", str(good), "--community", slug)
    bad = tmp_path / "bad.csv"
    bad.write_text("姓名,手机号\n甲,13700000002\n,123\n", encoding="utf-8")
    said = fails(demo_settings, "import", str(bad), "--community", slug)
    assert "line 3" in said
    assert "nothing was imported" in said
    assert "no community" in fails(demo_settings, "import", str(good), "--community", "nowhere")


def test_the_server_answers_and_ends_when_asked(server: Server) -> None:
    assert server.process is not None
    log = server.log.read_text(encoding="utf-8")
    assert server.url in log
    server.process.terminate()
    assert server.process.wait(20) in (0, -15)


def test_a_demo_file_that_is_damaged_is_no_demo(tmp_path: Path) -> None:
    from dataclasses import replace

    from core.base.settings import from_environment
    from web.serve import demo_file, demo_sign_ins

    settings = replace(from_environment({"LINLI_DATA_DIR": str(tmp_path)}), data_dir=tmp_path)
    assert demo_sign_ins(settings) == []
    for damaged in ("", "{", json.dumps([["a"]]), json.dumps({"a": 1}), "\x00"):
        demo_file(settings).write_text(damaged, encoding="utf-8")
        assert demo_sign_ins(settings) == []
