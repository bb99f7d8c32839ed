"""What documents say of when to ask again."""

from datetime import timedelta

import pytest

from monitor.core.model import Hints
from monitor.parse.reading import parse_feed
from tests.parse.writing import rss

SY = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", None),
        ("<ttl>60</ttl>", Hints(ttl=HOUR)),
        ("<ttl> 5 </ttl>", Hints(ttl=timedelta(minutes=5))),
        ("<ttl>0</ttl>", None),
        ("<ttl>-3</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>999999</ttl>", None),
        (f"<sy:updatePeriod {SY}>hourly</sy:updatePeriod>", Hints(period=HOUR)),
        (
            f"<sy:updatePeriod {SY}>daily</sy:updatePeriod><sy:updateFrequency {SY}>4</sy:updateFrequency>",
            Hints(period=6 * HOUR),
        ),
        (f"<sy:updatePeriod {SY}>hourly</sy:updatePeriod><sy:updateFrequency {SY}>0</sy:updateFrequency>", None),
        (f"<sy:updatePeriod {SY}>yearly</sy:updatePeriod>", None),
        (
            "<skipHours><hour>1</hour> <hour>24</hour><hour>99</hour></skipHours>",
            Hints(skip_hours=(0, 1)),
        ),
        ("<skipDays><day>Sunday</day><day>monday</day><day>Fooday</day></skipDays>", Hints(skip_days=(0, 6))),
    ],
)
def test_a_hint_is_read_where_it_can_be_meant(head: str, told: Hints | None) -> None:
    assert (
        parse_feed(rss("<title>Tide</title>", head=f"<title>Coast</title>{head}"), "", "https://coast.example/").hints
        == told
    )
