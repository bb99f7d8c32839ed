"""Which file is the configuration."""

from pathlib import Path

import pytest

from monitor.config import find, nowhere


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home/.config/presswatch").mkdir(parents=True)
    return tmp_path / "home"


def test_the_file_that_is_named_counts_before_all_others(home: Path) -> None:
    Path("config.toml").touch()
    environ = {"HOME": str(home), "PRESSWATCH_CONFIG": "/etc/other.toml"}
    assert find(Path("mine.toml"), environ) == Path("mine.toml")
    assert find(None, environ) == Path("/etc/other.toml")


def test_the_current_folder_counts_before_the_home(home: Path) -> None:
    of_home = home / ".config/presswatch/config.toml"
    environ = {"HOME": str(home)}
    assert find(None, environ) is None
    of_home.touch()
    assert find(None, environ) == of_home
    Path("config.toml").touch()
    assert find(None, environ) == Path("config.toml")


def test_xdg_config_home_is_obeyed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "xdg/presswatch").mkdir(parents=True)
    (tmp_path / "xdg/presswatch/config.toml").touch()
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert find(None, environ) == tmp_path / "xdg/presswatch/config.toml"


def test_who_has_none_is_told_where_it_was_looked_for_and_what_to_do() -> None:
    assert nowhere({"HOME": "/home/ann"}) == (
        "No configuration found (looked for ./config.toml, ~/.config/presswatch/config.toml, /etc/presswatch/config.toml).\n"
        "  presswatch demo     see it work now, without network or mail\n"
        "  presswatch init     write a starting configuration here"
    )
