"""How long an answer is fresh."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.fetch import fresh_for

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "500"}, 100),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age=99999999999999999999"}, 31_536_000),
        ({"expires": "Mon, 02 Mar 2026 08:10:00 GMT"}, 600),
        ({"expires": "Mon, 02 Mar 2026 09:10:00 GMT", "date": "Mon, 02 Mar 2026 09:00:00 GMT"}, 600),
        ({"expires": "0"}, None),
        ({"expires": "Mon, 02 Mar 2020 08:10:00 GMT"}, None),
        ({"cache-control": "max-age=60", "expires": "Mon, 02 Mar 2026 08:10:00 GMT"}, 60),
    ],
)
def test_an_answer_is_fresh_as_long_as_its_server_says(headers: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(headers, NOW) == (None if seconds is None else timedelta(seconds=seconds))
