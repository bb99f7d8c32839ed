"""What the worst rule files cost: little memory and little time, each in a process of its own, whatever the machine is busy with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.rulebook import LARGEST_FILE
from tests.gates.repository import ROOT

ROOM = LARGEST_FILE - 1_000
#: Megabytes beyond what the program takes before it reads anything.
MOST_MEMORY = 100
#: Seconds of one core: ten times what each takes on a machine with nothing else to do.
MOST_TIME = 15

MEASURE = """
import json, resource, sys, time
from pathlib import Path
from monitor.errors import RulesError
from monitor.rulebook import Known, load
from tests.rulebook.conftest import KNOWN
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
before, began = used(), time.process_time()
try:
    told = load([Path(sys.argv[1])], KNOWN).warnings
except RulesError as problem:
    told = problem.diagnostics
print(json.dumps([used() - before, time.process_time() - began, len(told)]))
"""


def rules(*queries: str) -> str:
    """Return a file with a rule for each query."""
    return "rules:\n" + "".join(f"- {{id: r{number}, match: '{query}'}}\n" for number, query in enumerate(queries))


CASES = {
    "line ends": "\n" * ROOM,
    "brackets": "[" * ROOM,
    "one line": "rules:\n- id: a\n  match: " + "a " * (ROOM // 2 - 50),
    "keys that stand twice": "rules:\n- id: a\n" + "  title: x\n" * (ROOM // 11 - 10),
    "unknown keys": "rules:\n- id: a\n" + "".join(f"  key{number}: x\n" for number in range(70_000)),
    "aliases of aliases": "lists:\n  a: &a [x]\n"
    + "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}' if n else '*a'] * 9)}]\n" for n in range(9)),
    "lists that multiply": "lists:\n"
    + "".join(f"  a{level}: ['{' OR '.join([f'$a{level + 1}'] * 50)}']\n" for level in range(15))
    + "  a15: [golf]\nrules:\n- {id: a, match: $a0}\n",
    "signs before terms": "lists: {a: [" + "-a, " * (ROOM // 4 - 10) + "]}\n",
    "a long list in many rules": "lists:\n  a: ["
    + ", ".join(f"t{number}" for number in range(15_000))
    + "]\n"
    + rules(*["$a"] * 20_000),
    "unknown lists among many": "lists:\n"
    + "".join(f"  list{number}: [a]\n" for number in range(20_000))
    + rules(*(f"$lst{number}" for number in range(12_000))),
    "hyphens": rules(*(f"a{number}-b c-d e-f g-h" for number in range(14_000))),
    "rows of NEAR": rules(*[" NEAR/5 ".join(["(a OR b OR c OR d)"] * 700)] * 50),
    "long queries": rules(*[" OR ".join(f"w{number}" for number in range(1_900))] * 50),
    "large regular expressions": rules(*(f"/(((a{number}{{1,99}}){{1,9}}){{1,9}}b|c)+/" for number in range(2_000))),
    "regular expressions within each other": rules(*(f"/{'(' * 300}a{')+' * 300}/" for number in range(1_000))),
    "regular expressions that run away": "rules:\n"
    + "".join(
        f"- {{id: r{number}, match: '/(a|aa)+{number}$/', examples: {{no_match: [{'a' * 60}]}}}}\n"
        for number in range(50)
    ),
    "misspelt tags": rules(*(f"tag:wirs{number}" for number in range(20_000))),
    "examples that fail": "rules:\n"
    + "".join(f"- {{id: r{number}, match: word{number}, examples: {{match: [wrd]}}}}\n" for number in range(15_000)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_worst_files_cost_little(tmp_path: Path, name: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(CASES[name])
    assert file.stat().st_size <= LARGEST_FILE
    measure = [sys.executable, "-c", MEASURE, str(file)]
    done = subprocess.run(measure, cwd=ROOT, capture_output=True, text=True, check=True, timeout=240)
    megabytes, seconds, told = json.loads(done.stdout)
    assert megabytes < MOST_MEMORY
    assert seconds < MOST_TIME
    assert told <= 202
