"""`presswatch init`: a starting configuration with example rules and the templates, to be changed at will; editors know their keys."""

from pathlib import Path

import click

from monitor.cli.options import Options, pass_options
from monitor.config.defaults import shipped_companions, shipped_config, shipped_rules, shipped_templates


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing.")
@pass_options
def init(options: Options, folder: Path, yes: bool) -> None:
    """Write config.toml, rules/ and templates/ into DIR (default: here), and what editors and pre-commit need to know of them.

    What is there already stays as it is.
    """
    wanted = _wanted(folder)
    missing = {target: source for target, source in wanted.items() if not target.exists()}
    if missing and not yes:
        click.confirm(f"Write {len(missing)} files into {folder.resolve()}?", default=True, abort=True)
    for target, source in missing.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as written:
            written.write(source.read_bytes())
    for target in wanted:
        click.echo(f"  {'wrote' if target in missing else 'kept '}  {target}")
    config = folder / "config.toml"
    click.echo(f"\nNext: name your feeds in {config} and what you look for in {folder / 'rules'}, then")
    for command, does in (
        ("check", "name every mistake"),
        ("run", "read the news; messages go to files in the outbox"),
    ):
        click.echo(f"  presswatch{_named(options, config)} {command:<6} {does}")


def _wanted(folder: Path) -> dict[Path, Path]:
    """Return what is to be written, and where each file comes from."""
    wanted = {folder / "config.toml": shipped_config()}
    wanted |= {folder / place: source for place, source in shipped_companions().items()}
    for name, shipped in (("rules", shipped_rules()), ("templates", shipped_templates())):
        files = sorted(path for path in shipped.rglob("*") if path.is_file() and not path.name.startswith("."))
        wanted |= {folder / name / path.relative_to(shipped): path for path in files}
    return wanted


def _named(options: Options, config: Path) -> str:
    here = config.parent.resolve() == Path.cwd() and not options.environ.get("PRESSWATCH_CONFIG")
    return "" if here else f" -c {config}"
