"""Settings: right values are read, wrong ones are refused with the name and the cure."""

from pathlib import Path

import pytest

from core.base.settings import HELP, BadSetting, from_environment


def test_the_defaults_need_nothing(tmp_path: Path) -> None:
    settings = from_environment({"LINLI_DATA_DIR": str(tmp_path / "d")})
    assert settings.engine == "sqlite"
    assert settings.sqlite_path == tmp_path / "d" / "linli.db"
    assert (settings.host, settings.port, settings.plugins) == ("127.0.0.1", 8000, ("patrol",))


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    env = {"LINLI_DATA_DIR": str(tmp_path)}
    first, second = from_environment(env), from_environment(env)
    assert first.secret == second.secret and len(first.secret) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert first.secret.decode() not in repr(first)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINLI_PORT", "80a"),
        ("LINLI_PORT", "70000"),
        ("LINLI_WORKERS", "0"),
        ("LINLI_SECURE_COOKIES", "yes"),
        ("LINLI_SECRET", "short"),
        ("LINLI_DATABASE", "mysql://x"),
        ("LINLI_COLOUR", "red"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        from_environment({"LINLI_DATA_DIR": str(tmp_path), name: value})


def test_every_setting_has_its_help() -> None:
    assert all(text for text in HELP.values())
