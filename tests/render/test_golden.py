"""The built-in messages, letter for letter.

After a change that is meant, `PRESSWATCH_GOLDEN=write pytest tests/render/test_golden.py` writes the files anew: look at them.
"""

import json
import os
from pathlib import Path

import pytest

from monitor.core.digest import Context, slack_parts
from monitor.render.renderer import Renderer
from monitor.render.sample import alert_sample, digest_sample, quiet_sample
from monitor.workers import Workers

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = {"digest": digest_sample(), "alert": alert_sample(), "quiet": quiet_sample()}


@pytest.mark.parametrize(("name", "sample"), SAMPLES.items())
async def test_the_built_in_messages_are_as_they_were_approved(name: str, sample: Context, workers: Workers) -> None:
    rendered = await Renderer([], workers).render(str(sample["kind"]), sample)
    message = rendered.message
    assert rendered.faults == ()
    slack = json.dumps(slack_parts(message.slack), ensure_ascii=False, indent=1) + "\n"
    parts = {"html": message.html, "txt": message.text, "subject.txt": message.subject + "\n", "slack.json": slack}
    if os.environ.get("PRESSWATCH_GOLDEN") == "write":
        for ending, text in parts.items():
            (GOLDEN / f"{name}.{ending}").write_text(text, encoding="utf-8")
    for ending, text in parts.items():
        assert text == (GOLDEN / f"{name}.{ending}").read_text(encoding="utf-8")
