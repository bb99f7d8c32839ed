"""Lines that lead to other articles are told from the article's own, whichever words both begin with."""

import time

import pytest

from monitor.parse.teasers import is_teaser, without_teaser

FERRY = "Ferry sinks off the coast"


@pytest.mark.parametrize(
    "text",
    [
        f"Read also: {FERRY}, and what the harbour master had to say about it in a long conversation last week",
        f"Read more on this topic: {FERRY} and dozens are missing, three of whom had been aboard for the first time",
        f"READ MORE – {FERRY} and why nobody on land saw it although the night was clear",
        f"Read more {FERRY} and why nobody on land saw it although the night was clear",
        f"See also “{FERRY}” in our edition of Thursday, with drawings of the hull by an engineer",
        f"Related: {FERRY} – all that is known about the crew and the cargo so far",
        f"Related stories: {FERRY} and more from the harbour, the yard and the ministry",
        f"Lire aussi : {FERRY} et ce qu’en dit le capitaine du port après une longue nuit d’attente",
        f"À lire aussi {FERRY} et ce qu’en dit le capitaine du port après une longue nuit d’attente",
        f"Lesen Sie auch: {FERRY}, und was der Hafenmeister nach einer langen Nacht dazu zu sagen hatte",
        f"Mehr zum Thema Seefahrt: {FERRY}, und was der Hafenmeister dazu zu sagen hatte",
        f"» Mehr zum Thema | {FERRY}, und was der Hafenmeister dazu zu sagen hatte",
        f"Lee también: {FERRY} y lo que dijo el capitán del puerto tras una larga noche",
        f"Leggi anche → {FERRY} e che cosa ne dice il comandante del porto dopo una lunga notte",
        f"Читайте также: {FERRY}, и что об этом сказал капитан порта после долгой ночи",
        f"Читайте також: {FERRY}, і що про це сказав капітан порту після довгої ночі",
        f"Смотрите также {FERRY}, и что об этом сказал капитан порта после долгой ночи",
        f"По теме: {FERRY}, и что об этом сказал капитан порта после долгой ночи",
    ],
)
def test_a_line_that_is_labelled_and_linked_leads_away(text: str) -> None:
    assert is_teaser(text, [FERRY])


@pytest.mark.parametrize("text", ["Read also:", "RELATED", "Mehr zum Thema", "Читайте также…", "Lire aussi :"])
def test_a_label_alone_says_nothing_of_the_article(text: str) -> None:
    assert is_teaser(text, [])


@pytest.mark.parametrize(
    "text",
    [
        f"Read more than the headline before you judge, the editor of {FERRY} asked of those who had written to him.",
        f"See alsoran, he called the boat that {FERRY} is about.",
        f"Related parties had been paid before, the report on {FERRY} found.",
        f"Related to this is the question who had let it sail, as {FERRY} told.",
        f"Lee también dijo que {FERRY} había sido un error de todos.",
        f"Mehr zum Thema Seefahrt sagte der Minister nicht, als er nach {FERRY} gefragt wurde.",
        f"По теме безопасности стороны не сказали ничего, хотя {FERRY} обсуждали.",
        f"He said: read also what {FERRY} leaves out.",
        f"Delegations met, and {FERRY} was on the table: see also the minutes.",
    ],
)
def test_a_sentence_that_begins_alike_is_kept(text: str) -> None:
    assert not is_teaser(text, [FERRY])


def test_without_a_link_it_may_be_what_someone_said() -> None:
    assert not is_teaser("Read more: that was all the advice the old teacher had for the young ones.", [])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"They met. Read also: {FERRY}", "They met."),
        (f"They met! Read more – {FERRY}.", "They met!"),
        (f"They met. (See also: {FERRY})", "They met."),
        (f"Sie trafen sich. Lesen Sie auch {FERRY}", "Sie trafen sich."),
        (f"Они встретились. Читайте также: {FERRY}…", "Они встретились."),
        (f"They met, and he told them to read also {FERRY}", f"They met, and he told them to read also {FERRY}"),
        (f"They met. Related to it was {FERRY}", f"They met. Related to it was {FERRY}"),
        (f"They met. Read also: {FERRY} was on the table", f"They met. Read also: {FERRY} was on the table"),
        ("They met. Read also: the minutes", "They met. Read also: the minutes"),
    ],
)
def test_a_teaser_at_the_end_of_a_paragraph_is_cut_off(text: str, kept: str) -> None:
    assert without_teaser(text, [FERRY] if FERRY in text else []) == kept


def test_a_paragraph_made_to_take_time_takes_none() -> None:
    text = "read also " * 50_000 + "end"
    began = time.process_time()
    assert without_teaser(text, ["end"]) == text
    assert not is_teaser(" " * 500_000 + "x", ["x"])
    assert time.process_time() - began < 1
