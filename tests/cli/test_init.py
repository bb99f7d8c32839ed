"""`presswatch init` writes a start that works, and never over anything."""

import json
from pathlib import Path

from click.testing import CliRunner

from monitor.cli.group import presswatch
from monitor.config.defaults import shipped_companions, shipped_config, shipped_rules, shipped_templates
from tests.cli.conftest import Run


def test_it_writes_what_is_shipped(run: Run, folder: Path) -> None:
    result = run("init", "--yes")
    assert result.exit_code == 0
    assert (folder / "config.toml").read_bytes() == shipped_config().read_bytes()
    for name, origin in (("rules", shipped_rules()), ("templates", shipped_templates())):
        wanted = {path.relative_to(origin) for path in origin.rglob("*") if path.is_file() and path.name[0] != "."}
        assert {path.relative_to(folder / name) for path in (folder / name).rglob("*") if path.is_file()} == wanted
    for place, source in shipped_companions().items():
        assert (folder / place).read_bytes() == source.read_bytes()
    assert "wrote  config.toml" in result.stdout
    assert "  presswatch check  " in result.stdout


def test_editors_find_the_schemas_from_what_it_wrote(run: Run, folder: Path) -> None:
    run("init", "--yes")
    named = json.loads((folder / ".vscode/settings.json").read_text())["yaml.schemas"]
    files = [*(folder / "rules").glob("*.yaml"), folder / "config.toml"]
    first_lines = [file.read_text().partition("\n")[0] for file in files]
    beside = [
        file.parent / line.partition("schema")[2].lstrip("= ") for file, line in zip(files, first_lines, strict=True)
    ]
    for schema in [*(folder / name for name in named), *beside]:
        assert json.loads(schema.read_text())["$schema"]


def test_what_it_wrote_is_sound(run: Run) -> None:
    run("init", "--yes")
    assert run("config", "show").exit_code == 0


def test_what_is_there_stays_as_it_is(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text("# mine\n")
    (folder / "templates").mkdir()
    result = run("init", "--yes")
    assert (folder / "config.toml").read_text() == "# mine\n"
    assert "kept   config.toml" in result.stdout


def test_another_folder_is_made_and_named_in_the_next_steps(run: Run, folder: Path) -> None:
    result = run("init", "--yes", "watch/desk")
    assert (folder / "watch/desk/config.toml").is_file()
    assert "presswatch -c watch/desk/config.toml run" in result.stdout


def test_it_asks_before_it_writes_unless_told_not_to(folder: Path) -> None:
    no = CliRunner().invoke(presswatch, ["init"], input="n\n")
    assert no.exit_code == 1
    assert not (folder / "config.toml").exists()
    yes = CliRunner().invoke(presswatch, ["init"], input="y\n")
    assert yes.exit_code == 0
    assert (folder / "config.toml").exists()


def test_where_all_is_there_it_asks_nothing(run: Run) -> None:
    run("init", "--yes")
    again = run("init")
    assert again.exit_code == 0
    assert "wrote" not in again.stdout
