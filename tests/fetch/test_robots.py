"""Hosts are asked once what they leave to us, and nothing is asked of one that does not say."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from monitor.errors import FetchError
from monitor.fetch import Request, Response
from monitor.fetch.robots import HOSTS, LINE, REMEMBERED, UNKNOWN, Gatekeeper

PAGE = "https://news.example/page"


@dataclass
class Site:
    """Answers for every robots.txt, and a clock that a test moves."""

    answer: bytes | FetchError = b"User-agent: *\nDisallow: /closed"
    asked: list[Request] = field(default_factory=list)
    now: float = 0.0

    async def get(self, request: Request) -> Response:
        self.asked.append(request)
        await asyncio.sleep(0)
        if isinstance(self.answer, FetchError):
            raise self.answer
        return Response(200, {}, self.answer, request.url)

    def gatekeeper(self) -> Gatekeeper:
        return Gatekeeper(self.get, lambda: self.now)


async def refusal(keeper: Gatekeeper) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await keeper.check(PAGE)
    return caught.value


async def kind(keeper: Gatekeeper, url: str = PAGE) -> str:
    try:
        await keeper.check(url)
    except FetchError as error:
        return error.kind
    return ""


async def test_a_page_may_be_asked_for_unless_its_site_forbids_it() -> None:
    site = Site()
    keeper = site.gatekeeper()
    assert await kind(keeper) == ""
    assert await kind(keeper, "https://news.example/closed/1") == "robots"
    assert [each.url for each in site.asked] == ["https://news.example/robots.txt"]


async def test_many_that_ask_at_once_are_one_question_to_the_host() -> None:
    site = Site()
    keeper = site.gatekeeper()
    await asyncio.gather(*(keeper.check(PAGE) for _ in range(20)))
    assert len(site.asked) == 1


async def test_each_scheme_host_and_port_is_asked_for_itself() -> None:
    site = Site()
    keeper = site.gatekeeper()
    for url in (PAGE, "http://news.example/page", "https://news.example:8443/page", "https://other.example/page"):
        await keeper.check(url)
    assert len(site.asked) == 4


async def test_an_answer_holds_for_a_day() -> None:
    site = Site()
    keeper = site.gatekeeper()
    await keeper.check(PAGE)
    site.answer, site.now = b"User-agent: *\nDisallow: /", REMEMBERED - 1
    assert await kind(keeper) == ""
    site.now = REMEMBERED + 1
    assert await kind(keeper) == "robots"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_site_that_has_none_has_nothing_against_it(status: int) -> None:
    assert await kind(Site(FetchError(f"http-{status}", "")).gatekeeper()) == ""


@pytest.mark.parametrize(
    "fault", ["http-500", "http-503", "http-429", "timeout", "dns", "tls", "too-large", "redirects"]
)
async def test_one_that_fails_to_say_is_left_alone_for_ten_minutes(fault: str) -> None:
    site = Site(FetchError(fault, ""))
    keeper = site.gatekeeper()
    assert await kind(keeper) == "robots-unknown"
    site.answer, site.now = b"", UNKNOWN - 1
    assert await kind(keeper) == "robots-unknown"
    site.now = UNKNOWN + 1
    assert await kind(keeper) == ""
    assert len(site.asked) == 2


async def test_one_that_fails_to_say_tells_when_it_is_asked_again() -> None:
    site = Site(FetchError("http-503", ""))
    keeper = site.gatekeeper()
    assert (await refusal(keeper)).retry_after == timedelta(seconds=UNKNOWN)
    site.now = 400.0
    assert (await refusal(keeper)).retry_after == timedelta(seconds=UNKNOWN - 400)


async def admitted(keeper: Gatekeeper, url: str = PAGE) -> timedelta | None:
    """Return how long a page is to wait, None where it may be asked for now."""
    try:
        await keeper.admit(url)
    except FetchError as error:
        return error.retry_after
    return None


async def test_between_pages_of_a_site_is_the_pause_that_it_wants() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 10")
    keeper = site.gatekeeper()
    assert await admitted(keeper) is None
    assert await admitted(keeper, "https://other.example/page") is None
    site.now = 4.0
    assert await admitted(keeper) == timedelta(seconds=6)
    site.now = 10.0
    assert await admitted(keeper) is None


async def test_each_page_that_waits_is_given_a_time_of_its_own_at_which_it_is_let_in() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 10")
    keeper = site.gatekeeper()
    waits = [await admitted(keeper) for _ in range(4)]
    assert waits == [None, *(timedelta(seconds=each) for each in (10, 20, 30))]
    for then in (10.0, 20.0, 30.0):
        site.now = then
        assert await admitted(keeper) is None
    assert await admitted(keeper) == timedelta(seconds=10)


async def test_no_page_is_told_to_wait_for_more_than_an_hour() -> None:
    keeper = Site(b"User-agent: *\nCrawl-delay: 60").gatekeeper()
    waits = [await admitted(keeper) for _ in range(200)]
    assert waits[-1] == timedelta(seconds=LINE)


async def test_looking_whether_a_page_is_allowed_takes_no_turn() -> None:
    keeper = Site(b"User-agent: *\nCrawl-delay: 10").gatekeeper()
    await keeper.check(PAGE)
    await keeper.check(PAGE)
    assert await admitted(keeper) is None


async def test_who_goes_away_while_it_is_asked_takes_nobody_along() -> None:
    site = Site()
    keeper = site.gatekeeper()
    leaving = asyncio.create_task(keeper.check(PAGE))
    staying = asyncio.create_task(keeper.check(PAGE))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    assert len(site.asked) == 1


async def test_what_is_remembered_has_a_bound() -> None:
    site = Site()
    keeper = site.gatekeeper()
    for number in range(HOSTS + 5):
        await keeper.check(f"https://host{number}.example/page")
    assert len(keeper._known) <= HOSTS


async def test_pauses_that_are_remembered_have_a_bound() -> None:
    keeper = Site(b"User-agent: *\nCrawl-delay: 10").gatekeeper()
    for number in range(HOSTS + 5):
        await keeper.admit(f"https://host{number}.example/page")
    assert len(keeper._turns) <= HOSTS
