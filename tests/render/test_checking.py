"""Templates checked before they are needed."""

from pathlib import Path

import pytest

from monitor.render.checking import check_alone
from monitor.render.codes import CODES
from monitor.render.renderer import BUILT_IN, Renderer
from monitor.render.sample import alert_sample, digest_sample, quiet_sample
from monitor.workers import Workers
from tests.render.conftest import Write


async def test_the_built_in_templates_have_no_fault(workers: Workers) -> None:
    assert await Renderer([BUILT_IN], workers).check() == []


async def test_no_templates_have_no_fault(renderer: Renderer) -> None:
    assert await renderer.check() == []


async def test_all_faults_of_all_templates_are_told_at_once(renderer: Renderer, write: Write) -> None:
    write("digest.html.j2", "\n\n{% if artcle %}x{% endif %}")
    write("alert.slack.j2", "{{ counts.storys }}")
    write("brief.txt.j2", "{% endif %}")
    found = [(each.path.rpartition("/")[2], each.line, each.code) for each in await renderer.check()]
    assert found == [("alert.slack.j2", 1, "PW301"), ("brief.txt.j2", 1, "PW302"), ("digest.html.j2", 3, "PW301")]


@pytest.mark.parametrize("filter", ["safe", "upperr"])
async def test_an_unknown_filter_is_told_with_its_place(renderer: Renderer, write: Write, filter: str) -> None:  # noqa: A002
    write("brief.subject.j2", f"\n{{{{ digest.title | {filter} }}}}")
    (fault,) = await renderer.check()
    assert (fault.code, fault.line) == ("PW302", 2)
    assert filter in fault.message


async def test_a_wrong_name_is_found_in_a_branch_that_is_not_taken(renderer: Renderer, write: Write) -> None:
    write("digest.txt.j2", "{% if counts.stories > 9000 %}\n{{ artcle }} and {{ itmes }}\n{{ artcle }}{% endif %}")
    found = [(each.line, each.column, each.message) for each in await renderer.check()]
    assert found == [
        (2, 4, "template variable 'artcle' is never defined"),
        (2, 21, "template variable 'itmes' is never defined"),
    ]


async def test_what_a_template_names_itself_is_known(renderer: Renderer, write: Write) -> None:
    write(
        "digest.txt.j2",
        (
            '{% from "_story.txt.j2" import plural as many %}{% set a = 1 %}{% macro m(x) %}{{ x }}{% endmacro %}'
            "{% for b in groups %}{{ m(b.title) }}{% endfor %}{{ many(a, 'x') }}"
        ),
    )
    assert await renderer.check() == []


async def test_what_is_only_included_is_read_but_not_run_alone(renderer: Renderer, write: Write) -> None:
    write("_part.html.j2", "{{ story.title }}")
    assert await renderer.check() == []
    write("_part.html.j2", "{{ story.title }")
    assert [each.code for each in await renderer.check()] == ["PW302"]


@pytest.mark.parametrize("name", ["Brief.html.j2", "my brief.html.j2"])
async def test_a_template_that_would_never_be_found_is_told(renderer: Renderer, write: Write, name: str) -> None:
    write(name, "x")
    (found,) = await renderer.check()
    assert found.code == "PW307"
    assert "lower-case letters" in found.message


def test_a_command_checks_in_a_process_of_its_own(write: Write) -> None:
    folder = write("digest.html.j2", "{{ artcle }}").parent
    (fault,) = check_alone([folder], BUILT_IN)
    assert (fault.code, fault.line, fault.column) == ("PW301", 1, 4)


async def test_a_template_that_asks_for_all_memory_is_stopped(renderer: Renderer, write: Write) -> None:
    """What is constant is computed when a template is read, before it runs."""
    write("alert.txt.j2", '{{ "x" * 10**10 }}')
    write("digest.txt.j2", "{% for each in groups %}{{ 'x' * 10**10 * each.count }}{% endfor %}")
    assert [(each.line, each.code) for each in await renderer.check()] == [(1, "PW303"), (1, "PW303")]


async def test_a_template_that_never_ends_is_stopped_when_it_is_checked(
    folder: Path, workers: Workers, write: Write
) -> None:
    write("alert.txt.j2", "{{ 10**(10**10) }}")
    write("digest.txt.j2", "{{ artcle }}")
    found = [(Path(each.path).name, each.code, each.message) for each in await Renderer([folder], workers, 0.2).check()]
    assert found == [
        ("alert.txt.j2", "PW303", "takes longer than 0.2 seconds"),
        ("digest.txt.j2", "PW301", "template variable 'artcle' is never defined"),
    ]


def test_every_code_is_explained() -> None:
    assert all(code.startswith("PW3") and told.endswith(".") for code, told in CODES.items())


def test_the_samples_show_what_templates_must_cope_with() -> None:
    assert digest_sample()["counts"] == {"stories": 5, "articles": 8, "outlets": 7, "urgent": 1}
    assert alert_sample()["kind"] == "alert"
    assert quiet_sample()["groups"] == []
