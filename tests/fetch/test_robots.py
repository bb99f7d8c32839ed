"""Hosts are asked once what they leave to us, and nothing is asked of one that does not say."""

import asyncio
from dataclasses import dataclass, field

import pytest

from monitor.errors import FetchError
from monitor.fetch import Request, Response
from monitor.fetch.robots import HOSTS, REMEMBERED, UNKNOWN, Gatekeeper

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
