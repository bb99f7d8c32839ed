"""The repository as the gates read it: its files, its Python as syntax trees, its documents."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def text(path: str) -> str:
    """Return a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def modules(*folders: str) -> list[Path]:
    """Return every Python file below the folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def short(path: Path) -> str:
    """Return a path as people write it."""
    return str(path.relative_to(ROOT))


def functions(module: ast.Module) -> Iterator[Function]:
    """Yield every function and method."""
    return (node for node in ast.walk(module) if isinstance(node, Function))


def calls(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every call of a plain name or attribute."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def imported(*paths: Path) -> set[str]:
    """Return the top-level names of everything the files import absolutely."""
    names: set[str] = set()
    for node in (node for path in paths for node in ast.walk(tree(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def section(document: str, heading: str) -> str:
    """Return what stands under a second-level heading that begins with `heading`."""
    found = re.search(rf"^## {re.escape(heading)}.*?$(.*?)(?=^## |\Z)", document, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section '{heading}'"
    return found[1]
