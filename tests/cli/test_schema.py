"""`presswatch schema` prints what editors are to know."""

import json

from monitor.config.schema import schema as config_schema
from monitor.rulebook.schema import schema as rules_schema
from tests.cli.conftest import Run


def test_the_schemas_are_printed_as_json_wherever_one_is(run: Run) -> None:
    assert json.loads(run("schema", "config").stdout) == json.loads(json.dumps(config_schema()))
    assert json.loads(run("schema", "rules").stdout) == json.loads(json.dumps(rules_schema()))
