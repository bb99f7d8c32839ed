"""Which file is the configuration."""

from collections.abc import Mapping
from pathlib import Path


def candidates(environ: Mapping[str, str]) -> list[Path]:
    """Return the places that are looked at when no file is named, first one first."""
    home = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "~") / ".config")
    return [Path("config.toml"), home / "presswatch/config.toml", Path("/etc/presswatch/config.toml")]


def find(named: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the file named on the command line, else by $PRESSWATCH_CONFIG, else the first that exists; None: there is none.

    A named file is returned whether it exists or not: who names one does not mean another.
    """
    if named or environ.get("PRESSWATCH_CONFIG"):
        return named or Path(environ["PRESSWATCH_CONFIG"])
    return next((path for path in candidates(environ) if path.is_file()), None)


def shown(path: Path, environ: Mapping[str, str]) -> str:
    """Return a path the way people write it: `./config.toml`, `~/.config/…`."""
    home = environ.get("HOME")
    if home and path.is_relative_to(home):
        return f"~/{path.relative_to(home)}"
    return str(path) if path.is_absolute() else f"./{path}"


def nowhere(environ: Mapping[str, str]) -> str:
    """Return what a person is told who has no configuration yet."""
    looked = ", ".join(shown(path, environ) for path in candidates(environ))
    return (
        f"No configuration found (looked for {looked}).\n"
        "  presswatch demo     see it work now, without network or mail\n"
        "  presswatch init     write a starting configuration here"
    )
