"""The command line, as an operator types it."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from core.base.settings import Settings
from tests.support.server import LINLI, Server, environment, linli, serving


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
    said = fails(settings, "check", LINLI_SMTP="smtp://linli:s3cret@mail.example.org")
    assert "LINLI_MAIL_FROM" in said
    assert "s3cret" not in said


def test_what_is_dangerous_in_the_open_is_named(settings: Settings) -> None:
    said = fails(settings, "check", "--deploy")
    assert "LINLI_SECURE_COOKIES" in said
    assert "LINLI_BASE_URL" in said
    assert "LINLI_STAFF_TOTP" in said
    assert "LINLI_STAFF_TOTP" not in fails(settings, "check", "--deploy", LINLI_STAFF_TOTP="true")
    assert "true or false" in fails(settings, "check", LINLI_STAFF_TOTP="maybe")


def test_a_plugin_that_is_not_installed_is_named_and_the_rest_runs(settings: Settings) -> None:
    said = fails(settings, "check", LINLI_PLUGINS="patrol,no_such_thing")
    assert "no_such_thing" in said
    assert "patrol does not run" not in said


def test_the_demo_goes_into_an_empty_house_only(demo_settings: Settings) -> None:
    assert "not empty" in fails(demo_settings, "demo")
    assert "not loaded" in linli(demo_settings, "demo", "--if-empty")


def exit_code(settings: Settings, *arguments: str) -> int:
    command = [str(LINLI), *arguments]
    done = subprocess.run(command, env=environment(settings), capture_output=True, check=False)
    return done.returncode


def test_a_file_is_imported_once_and_mistakes_are_named_by_line(
    demo_settings: Settings, tmp_path: Path
) -> None:
    good = tmp_path / "good.csv"
    good.write_text("姓名,手机号,服务队,职务\n新来的,13700000001,新队,队长\n", encoding="utf-8-sig")
    command = ("import", str(good), "--community", "qunying")
    assert "1 rows; would add: 1 people, 1 teams" in linli(demo_settings, *command, "--dry-run")
    assert "it can be undone" in linli(demo_settings, *command)
    assert "nothing was added" in linli(demo_settings, *command)
    bad = tmp_path / "bad.csv"
    bad.write_text("姓名,手机号\n甲,13700000002\n,123\n", encoding="utf-8")
    said = fails(demo_settings, "import", str(bad), "--community", "qunying", LANG="zh_CN.UTF-8")
    assert "line 3, 手机号: “123”不是电话号码。 只写一个号码" in said
    assert "2 mistakes; nothing was imported" in said
    assert "no community" in fails(demo_settings, "import", str(good), "--community", "nowhere")


def test_questions_stop_an_import_until_they_are_answered(demo_settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("姓名,手机号,担任\n张莉,13700000001,队员\n张丽,13700000001,\n", encoding="gb18030")
    command = ("import", str(file), "--community", "qunying", "--kind", "volunteers")
    assert "Nobody knows this column." in fails(demo_settings, *command)
    command += ("--column", "担任=-")
    assert exit_code(demo_settings, *command) == 3
    assert "line 3: 张丽 - the same as 张莉 (line 2)?" in linli(demo_settings, *command, "--dry-run")
    assert "it can be undone" in linli(demo_settings, *command, "--same-as-proposed")
    assert exit_code(demo_settings, *command, "--kind", "nothing") == 2
    assert exit_code(demo_settings, *command, "--column", "担任") == 2


def test_past_service_is_imported_in_somebody_s_name(demo_settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text("编号,日期,时长\n53180315,2025-03-05,2\n", encoding="utf-8")
    command = ("import", str(file), "--community", "chengjiang")
    assert "Nobody here may import" in fails(demo_settings, *command, "--by", "13999999999")
    assert "it can be undone" in linli(demo_settings, *command, "--by", "13800001102")
    assert "nothing was added" in linli(demo_settings, *command)


def test_an_empty_house_prints_the_address_of_the_first_operator_until_there_is_one(
    settings: Settings,
) -> None:
    with serving(settings) as server:
        log = server.log.read_text(encoding="utf-8")
        found = re.search(r"http://127\.0\.0\.1:\d+/first-operator\?token=([\w-]{43})", log)
        assert found is not None, log
        with httpx.Client(base_url=server.url) as browser:
            page = browser.get(f"/first-operator?token={found[1]}")
            token = re.findall(r'name="_csrf_token" value="([^"]+)"', page.text)[0]
            request = re.findall(r'name="request_id" value="([^"]+)"', page.text)[0]
            form = {"_csrf_token": token, "request_id": request, "token": found[1], "name": "罗海"}
            form |= {"phone": "13800001001", "password": "steady-lantern-88", "again": "steady-lantern-88"}
            assert browser.post("/first-operator", data=form).status_code == 303
            assert browser.get("/account").status_code == 200
    assert "There is an operator already" in fails(settings, "operator-token")
    with serving(settings) as server:
        assert "first-operator" not in server.log.read_text(encoding="utf-8").rpartition("stop with")[2]


def test_an_operator_who_has_forgotten_the_password_is_helped_where_the_server_is(
    demo_settings: Settings,
) -> None:
    said = linli(demo_settings, "slip", "138 0000 1001")
    assert re.search(r"/code\?c=[0-9A-Z]{10}\b", said)
    assert "no operator" in fails(demo_settings, "slip", "13899999999")
    assert "no operator" in fails(demo_settings, "slip", "13800001102"), (
        "a worker is helped by the administrator"
    )


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
