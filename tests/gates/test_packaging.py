"""The packaging: the wheel holds what the daemon needs, the locks hold what the wheel needs, and containers stay modest."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from monitor import __version__
from monitor.cli.exits import Exit
from tests.gates.repository import ROOT, imported, modules, text

LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `presswatch` of an environment with the wheel in it, and with the dependencies of the one that tests."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    packages = next(home.glob("lib/python*/site-packages"))
    dependencies = Path(pytest.__file__).parents[1]
    (packages / "dependencies.pth").write_text(f"{dependencies}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin/python")]
    options = ["--no-deps", "--no-index", "--ignore-installed", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True, capture_output=True)
    return home / "bin/presswatch"


def run(presswatch: Path, *arguments: str, folder: Path) -> str:
    """Run an installed `presswatch` far from the repository; return what it prints."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PRESSWATCH", "PYTHON"))}
    done = subprocess.run(
        [presswatch, *arguments], cwd=folder, env=environ, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def test_the_wheel_holds_the_code_and_everything_it_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, packed in (("templates", "templates"), ("rules", "rules")):
        files = {path.name for path in (ROOT / folder).iterdir() if path.is_file()}
        assert files
        assert {f"monitor/_data/{packed}/{name}" for name in files} <= names
    for name in ("config.toml", "config.schema.json", "packaging/start/.vscode/settings.json"):
        assert f"monitor/_data/{name}" in names
    for path in (ROOT / "monitor").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert str(path.relative_to(ROOT)) in names
    assert any(re.match(r"monitor/store/migrations/versions/\w+\.py", name) for name in names)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = f"presswatch-{__version__}.dist-info"
    assert {name.split("/")[0] for name in archive.namelist()} == {"monitor", metadata}
    assert f"{metadata}/licenses/LICENSE" in archive.namelist()


def test_an_installed_presswatch_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "--version", folder=tmp_path) == f"presswatch, version {__version__}\n"


def test_an_installed_presswatch_brings_its_defaults(installed: Path, tmp_path: Path) -> None:
    run(installed, "init", "--yes", folder=tmp_path)
    for name in (
        "config.toml",
        "config.schema.json",
        *(f"templates/{path.name}" for path in (ROOT / "templates").iterdir()),
    ):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


def locked(path: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, pin and hashes of every requirement of a lock file."""
    for block in re.split(r"\n(?=\S)", text(path).strip()):
        found = re.match(r"([a-z0-9._-]+)(?:\[[a-z,]+\])?(==\S+)?", block)
        assert found, block
        yield found[1], found[2] or "", re.findall(r"--hash=sha256:([0-9a-f]{64})", block)


@pytest.mark.parametrize("path", LOCKS)
def test_locks_pin_and_hash_every_package(path: str) -> None:
    for name, pin, hashes in locked(path):
        assert pin, f"{name} is not pinned"
        assert hashes, f"{name} has no hash"


@pytest.mark.parametrize("path", LOCKS)
def test_locks_name_no_index(path: str) -> None:
    assert not re.search(r"index-url|find-links|trusted-host|https?://|file:", text(path))


@pytest.mark.parametrize("folder", ["editors", "mail"])
def test_what_the_tests_install_from_npm_is_pinned_and_hashed_and_names_no_registry(folder: str) -> None:
    packages = json.loads(text(f"scripts/{folder}/package-lock.json"))["packages"]
    wanted = packages.pop("")["dependencies"]
    assert wanted == json.loads(text(f"scripts/{folder}/package.json"))["dependencies"]
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert all(each["integrity"].startswith("sha512-") and "resolved" not in each for each in packages.values())


def test_locks_agree_with_each_other_and_with_the_project() -> None:
    run_time, development = ({name: pin for name, pin, _ in locked(path)} for path in (LOCKS[0], LOCKS[2]))
    assert run_time.items() <= development.items()
    project = tomllib.loads(text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["postgres"]]
    assert {re.split(r"[^a-zA-Z0-9._-]", each)[0].lower() for each in wanted} <= run_time.keys()


def test_the_project_depends_on_nothing_it_does_not_use() -> None:
    names = {
        re.split(r"[^a-zA-Z0-9._-]", each)[0]
        for each in tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    }
    provided = packages_distributions()
    used = {name.lower() for module in imported(*modules("monitor")) for name in provided.get(module, [])}
    # Read by the standard library's zoneinfo where the system has no time zones; looked for by httpcore at every request.
    assert names - {"tzdata", "sniffio"} - {name.replace("_", "-") for name in used} == set()


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", text("Dockerfile"))).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def test_the_image_is_built_in_two_stages_and_runs_as_nobody_special() -> None:
    told = instructions()
    assert [name for name, _ in told].count("FROM") == 2
    last = dict(told[max(place for place, (name, _) in enumerate(told) if name == "FROM") :])
    assert last["USER"] == "10001:10001"
    assert last["VOLUME"] == "/data"
    assert "PRESSWATCH__SERVICE__DATA_DIR=/data" in last["ENV"]
    assert last["HEALTHCHECK"].endswith('CMD ["presswatch", "healthcheck"]')
    assert (last["ENTRYPOINT"], last["CMD"]) == ('["presswatch"]', '["run"]')


def test_the_image_installs_only_what_is_locked() -> None:
    installs = [
        part for name, line in instructions() if name == "RUN" for part in line.split("&&") if " install " in part
    ]
    fetched = [part for part in installs if "install -d" not in part]
    assert fetched
    assert all("--require-hashes" in part or "--no-index" in part for part in fetched)


def test_the_image_is_given_all_that_the_wheel_is_built_from() -> None:
    patterns = [line.removeprefix("!") for line in text(".dockerignore").splitlines() if line.startswith("!")]
    needed = [
        "monitor",
        "rules",
        "templates",
        "config.toml",
        "config.schema.json",
        "packaging/start",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ]
    copied = [
        word for name, line in instructions() if name == "COPY" and "--from" not in line for word in line.split()[:-1]
    ]
    for name in [*needed, *(word for word in copied if word != ".")]:
        assert (ROOT / name).exists()
        assert any(fnmatch(name, pattern) for pattern in patterns)


def test_the_service_knows_the_exit_codes_and_how_to_reload() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text("packaging/presswatch.service"))
    service = unit["Service"]
    assert service["Type"] == "exec"
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == str(Exit.CONFIGURATION.value)
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["ExecStart"].endswith("presswatch -c /etc/presswatch/config.toml run")


def test_continuous_integration_runs_what_the_readme_says() -> None:
    assert text(".ci/run").splitlines()[-1] == "exec make test"
    assert os.access(ROOT / ".ci/run", os.X_OK)
