"""Where the shipped defaults lie: config.toml, rules/, templates/ and what goes with them, beside the package or packed into it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> Path:
    """Return the folder that holds the shipped config.toml, rules/ and templates/.

    A wheel carries them as monitor/_data; in a source checkout they are the top-level files themselves.
    """
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent


def shipped_config() -> Path:
    """Return the shipped config.toml."""
    return shipped() / "config.toml"


def shipped_rules() -> Path:
    """Return the folder of the shipped rules."""
    return shipped() / "rules"


def shipped_templates() -> Path:
    """Return the folder of the built-in templates."""
    return shipped() / "templates"


def shipped_companions() -> dict[Path, Path]:
    """Return what helps people to edit configuration and rules, by its place beside config.toml: a schema, settings of editors and git.

    The schema of rules lies among the shipped rules.
    """
    start = shipped() / "packaging" / "start"
    files = sorted(path for path in start.rglob("*") if path.is_file())
    return {Path("config.schema.json"): shipped() / "config.schema.json"} | {
        path.relative_to(start): path for path in files
    }
