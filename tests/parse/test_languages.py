"""The language of articles whose feeds state none: told where it is certain, else unknown."""

from datetime import UTC, datetime

import pytest

from monitor.parse.articles import read
from monitor.parse.languages import can_detect, detected
from tests.parse.writing import element, rss

SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Ferry crews walk out over pay as talks with the port authority break down"),
        ("de", "Die Fährleute legen die Arbeit nieder, weil die Gespräche über den Lohn gescheitert sind"),
        ("fr", "Les équipages des ferries cessent le travail après l'échec des négociations salariales"),
        ("es", "Las tripulaciones de los ferris van a la huelga tras el fracaso de las negociaciones"),
        ("pl", "Załogi promów przerywają pracę po fiasku rozmów o płacach z zarządem portu"),
        ("uk", "Екіпажі поромів припинили роботу після провалу переговорів про заробітну плату"),
        ("ru", "Экипажи паромов прекратили работу после провала переговоров о заработной плате"),
        ("ar", "أطقم العبارات تتوقف عن العمل بعد فشل المفاوضات حول الأجور مع إدارة الميناء"),
        ("zh", "中国政府周四表示，渡轮船员因薪资谈判破裂而停工，港口管理局呼吁双方尽快恢复对话。"),
        ("ja", "フェリーの乗組員が賃金交渉の決裂を受けて業務を停止した"),
    ],
)
def test_the_words_tell_the_language(language: str, text: str) -> None:
    assert detected(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🔥🔥🔥 100 % 24/7",
        "El Niño",
        "COVID-19",
        "Kowalski Lindqvist Okafor Brandão Petrescu",
        "Fähre fällt aus: ferry cancelled, traversée annulée, promy odwołane",
        "Vijeće ministara usvojilo je nacrt budžeta institucija za narednu godinu",
        "\ud800" * 30,
    ],
)
def test_what_is_not_certain_stays_unknown(text: str) -> None:
    assert detected(text) == ""


def test_half_a_surrogate_pair_does_no_harm() -> None:
    assert detected("\ud800 Ferry crews walk out over pay as talks with the port authority break down") == "en"


def test_a_title_in_capitals_and_paragraphs_are_read_too() -> None:
    assert (
        detected("THE FERRY CREWS WALK OUT OVER THEIR PAY\n\nTalks have broken down.\r\nNobody knows how long.") == "en"
    )


def languages(*texts: str, feed_states: str = "", detecting: bool) -> list[str]:
    """The languages that articles with these titles get, in this order."""
    entries = [element("title", text) + element("guid", text, 'isPermaLink="false"') for text in texts]
    head = element("title", "Coast") + (element("language", feed_states) if feed_states else "")
    found = read(rss(*entries, head=head), "", "https://coast.example/", "coast", SEEN, "", detecting).articles
    return [next(each.language for each in found if each.title == text) for text in texts]


POLISH = "Rozmowy z zarządem portu o płacach załóg promów zakończyły się fiaskiem"


def test_what_the_feed_states_comes_first() -> None:
    assert languages(POLISH, feed_states="en-GB", detecting=True) == ["en-gb"]


def test_what_is_detected_does_not_pass_for_what_the_feed_states() -> None:
    assert languages(POLISH, "El Niño", detecting=True) == ["pl-x-detected", ""]


def test_nothing_is_detected_unless_it_is_asked_for() -> None:
    assert languages(POLISH, detecting=False) == [""]


def test_the_detector_is_there_in_tests() -> None:
    assert can_detect()
