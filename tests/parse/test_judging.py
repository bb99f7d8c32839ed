"""The text of a page is the article's, or that of a wall before it, though the wall bears the headline."""

import pytest

from monitor.parse.judging import ELSE, LESS, Told

TITLE = "Envoys meet by the lake"
SUMMARY = "Delegations from three countries met in Geneva on Monday."
CONSENT = (
    "We value your privacy, and store cookies on your device for advertising that is made for you.",
    "With your consent our partners learn where you are, and how long you read.",
)
PAYMENT = (
    "You have read your last free story of this month, and there is so much more behind this line.",
    "Subscribe now for one coin a week, and stop whenever you like; a newsletter comes with it.",
)
COOKIES = "Wir und unsere Partner verwenden Cookies. Mit Ihrer Einwilligung wird die Werbung besser."
READ_ON = "Оформите подписку, чтобы читать дальше без рекламы и с архивом за многие годы."
REST = "A spokesman declined to say who would sign the paper, or when parliaments would be asked about it."


def fault(*paragraphs: str, title: str = TITLE, summary: str = SUMMARY) -> str:
    return Told(title, summary).fault("\n\n".join(paragraphs))


@pytest.mark.parametrize(
    "paragraphs",
    [
        CONSENT,
        (TITLE, *CONSENT),
        (TITLE, "Before you go on", *CONSENT),
        (TITLE, *PAYMENT),
        (TITLE, SUMMARY, *PAYMENT),
        (TITLE, SUMMARY, COOKIES),
        (TITLE, SUMMARY, READ_ON),
        (TITLE, "Sit back in a chair of oak, made by hand in the hills, for a price that will make you smile."),
    ],
)
def test_a_wall_that_bears_the_headline_is_no_article(paragraphs: tuple[str, ...]) -> None:
    assert fault(*paragraphs) == ELSE


@pytest.mark.parametrize("paragraphs", [(), (TITLE,), (TITLE, "Delegations met.")])
def test_a_headline_alone_is_less_than_the_feed_said(paragraphs: tuple[str, ...]) -> None:
    assert fault(*paragraphs) == LESS
    assert fault(*paragraphs[:1], summary="") == LESS


@pytest.mark.parametrize(
    ("title", "summary", "paragraphs"),
    [
        (TITLE, SUMMARY, (TITLE, SUMMARY, REST)),
        (TITLE, SUMMARY, (TITLE, SUMMARY)),
        (TITLE, SUMMARY, (SUMMARY, REST, REST, CONSENT[0])),
        (TITLE, "", (TITLE, REST)),
        (TITLE, "The full story stands on our website, continue there for everything else.", (TITLE, "The envoys came to the lake by train.", REST)),
        (TITLE, "The full story stands on our website, continue there for everything else.", ("They came to the lake by train.", REST, "Another round is to be held there, envoys said, and the full text will be shown.")),
        ("Storm", "", ("Rain fell on the hills all day.",)),
        ("Court bans cookies", "Judges ruled that consent to cookies was void.", ("Consent to cookies was void, judges ruled.", "Cookies had been set before anyone gave consent, they said.")),
        ("Paper loses readers", "The daily has fewer subscribers.", ("The daily has fewer subscribers than a year ago.", "It blamed the price that subscribers pay.")),
        (TITLE, SUMMARY, ("The three delegations came to Geneva by train.", "They dined at noon and parted at night, without a word to those who waited.")),
    ],
)  # fmt: skip
def test_an_article_is_one_though_it_speaks_of_such_things(
    title: str, summary: str, paragraphs: tuple[str, ...]
) -> None:
    assert fault(*paragraphs, title=title, summary=summary) == ""


def test_of_two_texts_the_one_that_says_what_the_feed_says_is_told() -> None:
    told = Told(TITLE, SUMMARY)
    assert told.says_more(SUMMARY, REST)
    assert not told.says_more(f"{SUMMARY}\n\n{REST}", SUMMARY)
    assert not Told("", "").says_more(REST, "")
