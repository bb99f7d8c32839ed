"""One template at a time: what it may do, what it may not, and how it is told."""

import json
from pathlib import Path

import pytest

from monitor.diagnostics import Diagnostic
from monitor.render.drawing import LARGEST_PART, LONGEST_SUBJECT, draw
from monitor.render.environments import kind_of
from monitor.render.renderer import BUILT_IN
from monitor.render.sample import digest_sample
from tests.render.conftest import Write

SAMPLE = digest_sample()
HOSTILE = '<!channel> "quoted" & <https://evil.example|click> \\ {{ 7*7 }}'


def drawn(file: Path, **context: object) -> str:
    text = draw((file.parent, BUILT_IN), file.name, {**SAMPLE, **context})
    assert isinstance(text, str), text
    return text


def fault(file: Path, **context: object) -> Diagnostic:
    told = draw((file.parent, BUILT_IN), file.name, {**SAMPLE, **context})
    assert isinstance(told, Diagnostic), told
    return told


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("brief.html.j2", "html"),
        ("a-b.slack.j2", "slack"),
        ("x.subject.j2", "subject"),
        ("x.txt.j2", "txt"),
        ("x.html", ""),
        ("macros.j2", ""),
    ],
)
def test_a_templates_name_says_what_it_makes(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_html_is_escaped_and_its_style_inlined(write: Write) -> None:
    page = drawn(write("a.html.j2", "<style>b{color:red}</style><b>{{ title }}</b>"), title="<script>x</script>")
    assert '<b style="color:red">&lt;script&gt;x&lt;/script&gt;</b>' in page.replace("color: red", "color:red").replace(
        ';"', '"'
    )


def test_text_is_not_escaped(write: Write) -> None:
    assert drawn(write("a.txt.j2", "{{ title }}"), title="Port & tolls") == "Port & tolls\n"


def test_a_subject_is_one_short_line(write: Write) -> None:
    subject = drawn(write("a.subject.j2", "\n {{ title }}\n"), title="a\nBcc: x@y.example" + "b" * 300)
    assert "\n" not in subject
    assert subject.startswith("a Bcc: x@y.example")
    assert len(subject) == LONGEST_SUBJECT


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('[{"type": "header", "text": {"type": "plain_text", "text": "{{ title }}"}}]', HOSTILE),
        ('[{"type": "header", "text": {"type": "plain_text", "text": {{ title | tojson }}}}]', HOSTILE),
        (
            '[{"type": "section", "text": {"type": "mrkdwn", "text": "*{{ title }}*"}}]',
            '*&lt;!channel&gt; "quoted" &amp; &lt;https://evil.example|click&gt; \\ {{ 7*7 }}*',
        ),
        (
            '{% macro m(x) %}{{ x }}{% endmacro %}[{"type": "section", "text": {"type": "mrkdwn", "text": "<https://a.example|{{ m(title) }}>"}}]',
            '<https://a.example|&lt;!channel&gt; "quoted" &amp; &lt;https://evil.example|click&gt; \\ {{ 7*7 }}>',
        ),
        ('[{"type": "section", "text": {"type": "mrkdwn", "text": {{ ("<!here> " ~ title) | tojson }}}}]', None),
        ('[{"type": "section", "text": {{ {"type": "mrkdwn", "text": title} | tojson }}}]', None),
        ('[{"type": "section", "text": {"type": "mrkdwn", "text": "{{ "<!here>" }}"}}]', "&lt;!here&gt;"),
    ],
)
def test_text_from_feeds_is_only_ever_text_in_slack(write: Write, template: str, text: str | None) -> None:
    (block,) = json.loads(drawn(write("a.slack.j2", template), title=HOSTILE))
    assert "<!channel>" not in block["text"]["text"] or block["text"]["type"] == "plain_text"
    assert "<!here>" not in block["text"]["text"]
    assert text is None or block["text"]["text"] == text


def test_a_feed_cannot_forge_the_marks_that_guard_slacks_text(write: Write) -> None:
    file = write("a.slack.j2", '[{"type": "section", "text": {"type": "mrkdwn", "text": "{{ title }}"}}]')
    (block,) = json.loads(drawn(file, title="\ufdd1<!channel>\ufdd0"))
    assert block["text"]["text"] == "&lt;!channel&gt;"


def test_a_user_may_write_mentions_and_links_of_their_own(write: Write) -> None:
    file = write(
        "a.slack.j2", '[{"type": "section", "text": {"type": "mrkdwn", "text": "<!here> <https://a.example|read>"}}]'
    )
    (block,) = json.loads(drawn(file))
    assert block["text"]["text"] == "<!here> <https://a.example|read>"


def test_commas_between_blocks_may_be_printed(write: Write) -> None:
    file = write(
        "a.slack.j2", '[{% set comma = joiner(",") %}{% for n in "ab" %}{{ comma() }}{"type": "divider"}{% endfor %}]'
    )
    assert json.loads(drawn(file)) == [{"type": "divider"}] * 2


@pytest.mark.parametrize(
    ("template", "code", "told", "line", "column"),
    [
        ("one\n{{ artcle.title }}", "PW301", "template variable 'artcle' is never defined", 2, 4),
        ("{% for g in groups %}\n  {{ g.titel }}\n{% endfor %}", "PW301", "'titel' is not there", 2, 8),
        ("{{ top.title.sub }}", "PW301", "has no attribute 'sub'", 1, 14),
        ("a\n{% fore x in y %}", "PW302", "unknown tag 'fore'", 2, 4),
        ("{{ title", "PW302", "unexpected end of template", 1, 0),
        ("{{ title | safe }}", "PW302", "No filter named 'safe'", 1, 12),
        ("{% include 'nowhere.html.j2' %}", "PW308", "there is no template 'nowhere.html.j2'", 1, 13),
        ("{% include '../x.html.j2' %}", "PW307", "lower-case letters", 1, 0),
        ("{{ 1 / 0 }}", "PW306", "division by zero", 1, 0),
        ("\n{{ ''.__class__.__mro__ }}", "PW306", "unsafe", 2, 7),
        ("{{ cycler.__init__.__globals__ }}", "PW306", "unsafe", 1, 11),
        ("{{ lipsum }}", "PW301", "'lipsum' is never defined", 1, 4),
        ("{{ groups.append(1) }}", "PW306", "unsafe", 1, 11),
        ("{% for a in range(999999999) %}{% endfor %}", "PW306", "Range too big", 1, 0),
        ("{% for a in range(9999) %}{% for b in range(9999) %}xxxxxxxx{% endfor %}{% endfor %}", "PW304", "more than 1,000,000", 0, 0),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_and_column(
    write: Write, template: str, code: str, told: str, line: int, column: int
) -> None:
    file = write("a.html.j2", template)
    found = fault(file)
    assert told in found.message
    assert (found.code, found.path, found.line, found.column) == (code, str(file), line, column)
    assert found.context == (template.splitlines()[line - 1] if line else "")


def test_a_wrong_name_is_told_with_those_there_are(write: Write) -> None:
    assert fault(write("a.html.j2", "{{ digset.title }}")).hint.startswith(
        "did you mean 'digest'? available here: counts, digest,"
    )
    assert fault(write("b.html.j2", "{{ digest.titel }}")).hint == "did you mean 'title'? available here: id, title"


def test_a_fault_in_an_included_file_is_told_there(write: Write) -> None:
    part = write("_part.html.j2", "\n\n{{ nothing }}")
    found = fault(write("a.html.j2", "{% include '_part.html.j2' %}"))
    assert (found.path, found.line) == (str(part), 3)


@pytest.mark.parametrize(
    ("template", "told", "hint"),
    [
        ('[{"type": "divider"}\n  {"type"}]', "does not print JSON: Expecting ',' delimiter", 'it prints: {"type"}]'),
        ("", "does not print JSON", ""),
        ('{"type": "divider"}', "must render a JSON list of at least one block", ""),
        ('[{"type": "image"}]', "block 1: type 'image' is not one of", ""),
        ("[" * 100_000, "maximum recursion depth", ""),
    ],
)
def test_slack_templates_must_print_blocks(write: Write, template: str, told: str, hint: str) -> None:
    found = fault(write("a.slack.j2", template))
    assert told in found.message
    assert found.hint == hint


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder / "a.txt.j2").symlink_to(tmp_path / "secret")
    assert fault(folder / "a.txt.j2").code == "PW307"


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    (folder / "..data").mkdir()
    (folder / "..data" / "a.txt.j2").write_text("here")
    (folder / "a.txt.j2").symlink_to(folder / "..data" / "a.txt.j2")
    assert drawn(folder / "a.txt.j2") == "here\n"


def test_a_huge_or_unreadable_file_is_refused(write: Write, folder: Path) -> None:
    assert fault(write("a.txt.j2", "x" * 300_000)).code == "PW307"
    (folder / "b.txt.j2").write_bytes(b"\xff\xfe")
    assert fault(folder / "b.txt.j2").code == "PW306"


def test_a_template_changed_on_disk_is_read_anew(write: Write) -> None:
    assert drawn(write("a.txt.j2", "one")) == "one\n"
    assert drawn(write("a.txt.j2", "two, and longer")) == "two, and longer\n"


def test_the_limit_of_a_part_is_a_megabyte() -> None:
    assert LARGEST_PART == 1_000_000
