"""config.toml in an editor: Taplo, which VS Code's Even Better TOML is made of, knows its keys from the first line."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.gates.repository import ROOT, text

FIRST_LINE = "#:schema config.schema.json\n"
MISTAKES = {
    '[fetch]\nevry = "5m"': "Additional properties are not allowed ('evry' was unexpected)",
    '[fetch]\nevery = "often"': '"often" does not match',
    "[fetch]\nconcurrency = 0": "0 is less than the minimum of 1",
    '[log]\nlevel = "loud"': '"loud" is not one of',
    '[digests.Morning]\nat = "07:00"': "'Morning'",
    '[[feeds]]\nid = "wire"': '"url" is a required property',
    '[[feeds]]\nurl = "ftp://example.org"': '"ftp://example.org" does not match',
    '[channels.a]\ntype = "carrier-pigeon"': "is not valid under any of the schemas",
    '[channels.a]\ntype = "slack"\nwebhook = "https://example.org"': "is not valid under any of the schemas",
    '[channels.a]\ntype = "slack"\nwebhook = {env = "A", file = "a"}': "is not valid under any of the schemas",
}


def told(programs: Path, files: Iterable[Path]) -> dict[str, str]:
    """Return what Taplo says of each file that it has something to say of, by the file's name."""
    taplo = ["node", str(programs / "@taplo/cli/dist/cli.js"), "check", "--colors", "never"]
    done = subprocess.run([*taplo, *map(str, files)], capture_output=True, text=True, timeout=60, check=False)
    faults = re.findall(r"^error: (.*)\n +┌─ .*?([^/\n]+\.toml):", done.stderr, re.MULTILINE)
    assert bool(faults) is bool(done.returncode)
    return {name: fault for fault, name in faults}


def test_nothing_in_the_shipped_configuration_is_underlined(programs: Path) -> None:
    assert text("config.toml").startswith(FIRST_LINE)
    assert told(programs, [ROOT / "config.toml"]) == {}


def test_mistakes_are_underlined(programs: Path, folder: Path) -> None:
    files = [folder / f"{number}.toml" for number in range(len(MISTAKES))]
    for file, lines in zip(files, MISTAKES, strict=True):
        file.write_text(f"{FIRST_LINE}{lines}\n")
    faults = told(programs, files)
    for file, (lines, fault) in zip(files, MISTAKES.items(), strict=True):
        assert fault in faults[file.name], lines
