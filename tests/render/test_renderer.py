"""Digests' templates: the user's first, the built-in ones where they fail, and a word about it."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.digest import Context, view
from monitor.render.renderer import Renderer
from monitor.render.sample import MADE_AT, MORNING, alert_sample, digest_sample
from monitor.workers import Workers
from tests.render.conftest import Write
from tests.render.test_messages import crowd

SAMPLE = digest_sample()


async def test_a_users_template_of_the_same_name_wins_part_by_part(renderer: Renderer, write: Write) -> None:
    write("digest.subject.j2", "{{ counts.stories }} stories for you")
    rendered = await renderer.render("digest", SAMPLE)
    assert rendered.faults == ()
    assert rendered.message.subject == "5 stories for you"
    assert "Ferry crews" in rendered.message.html
    assert rendered.message.slack[0]["type"] == "header"


async def test_a_template_of_a_new_name_borrows_the_parts_it_has_not(renderer: Renderer, write: Write) -> None:
    write("brief.txt.j2", "Brief: {{ top.title }}")
    rendered = await renderer.render("brief", SAMPLE)
    assert rendered.message.text.startswith("Brief: Ferry crews")
    assert rendered.message.subject.endswith("Morning digest")
    assert (await renderer.render("brief", alert_sample())).message.subject.endswith("Northern Wire")


async def test_a_users_template_may_build_on_the_built_in_ones(renderer: Renderer, write: Write) -> None:
    write("brief.html.j2", '{% extends "_layout.html.j2" %}{% block body %}<p>Only this.</p>{% endblock %}')
    page = (await renderer.render("brief", SAMPLE)).message.html
    assert "Only this." in page
    assert "18,402" in page


@pytest.mark.parametrize(
    ("name", "text", "code", "told"),
    [
        (
            "digest.html.j2",
            "a\nb\n{{ artcle }}",
            "PW301",
            "digest.html.j2:3: template variable 'artcle' is never defined",
        ),
        ("digest.txt.j2", "{% if %}", "PW302", "digest.txt.j2:1: "),
        ("digest.subject.j2", "{{ 'x' * 3_000_000_000 }}", "PW303", "runs out of memory"),
        ("digest.slack.j2", "no json", "PW305", "does not print JSON"),
    ],
)
async def test_a_template_that_fails_costs_its_looks_but_never_the_message(
    renderer: Renderer, write: Write, name: str, text: str, code: str, told: str
) -> None:
    file = write(name, text)
    rendered = await renderer.render("digest", SAMPLE)
    (fault,) = rendered.faults
    assert (fault.code, fault.path) == (code, str(file))
    sent = rendered.message
    assert "Ferry crews" in sent.subject
    for part in (sent.html, " ".join(sent.text.split()), str(sent.slack)):
        assert "this is the built-in form" in part
    assert told in sent.html.replace("&#39;", "'")


@pytest.mark.parametrize("letter", ["&", "й", "x"])
async def test_addresses_without_end_cost_no_message(renderer: Renderer, letter: str) -> None:
    news = crowd(900, url=f"https://news.example/{letter * 1400}", summary="й" * 300)
    rendered = await renderer.render("digest", view(replace(MORNING, max_items=500), news, made_at=MADE_AT))
    assert rendered.faults == ()
    assert rendered.message.subject.endswith("(+899) · Morning digest")
    assert f"And {900 - rendered.message.html.count('<h3')} more" in rendered.message.html


async def test_a_template_that_never_ends_is_stopped(folder: Path, workers: Workers, write: Write) -> None:
    turns = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = a * b %}{% endfor %}{% endfor %}"
    file = write("digest.subject.j2", turns)
    rendered = await Renderer([folder], workers, seconds=0.5).render("digest", SAMPLE)
    (fault,) = rendered.faults
    assert (fault.code, fault.path, fault.message) == ("PW303", str(file), "takes longer than 0.5 seconds")
    assert "Ferry crews" in rendered.message.subject


async def test_a_template_that_does_not_exist_is_told_and_the_built_in_one_used(workers: Workers) -> None:
    rendered = await Renderer([], workers).render("breif", SAMPLE)
    (fault,) = rendered.faults
    assert fault.code == "PW308"
    assert "there is no template 'breif'" in " ".join(rendered.message.text.split())


async def test_a_folder_that_does_not_exist_is_no_fault(renderer: Renderer, workers: Workers, write: Write) -> None:
    missing = write("x.html.j2", "").parent / "nowhere"
    assert (await Renderer([missing], workers).render("digest", SAMPLE)).faults == ()


@pytest.mark.parametrize("template", ["../digest", "..", "a/b", "Digest"])
async def test_a_name_cannot_lead_out_of_the_folder(renderer: Renderer, write: Write, template: str) -> None:
    write("other.html.j2", "")
    rendered = await renderer.render(template, SAMPLE)
    assert [fault.code for fault in rendered.faults] in (["PW307"], ["PW308"])


async def test_the_same_edition_renders_the_same_letters_again(renderer: Renderer) -> None:
    context: Context = digest_sample()
    assert (await renderer.render("digest", context)).message == (await renderer.render("digest", context)).message
