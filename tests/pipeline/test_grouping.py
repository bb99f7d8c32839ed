"""What is asked for together is done together, and the failure of one is nobody else's."""

import asyncio
from collections.abc import Sequence

import pytest

from monitor.errors import StoreUnavailable
from monitor.pipeline.grouping import Grouped


class Desk:
    """Doubles numbers; notes the groups it was given, and chokes on 13. While `busy` is not set, it works."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.busy = asyncio.Event()
        self.busy.set()

    async def work(self, numbers: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(numbers))
        await self.busy.wait()
        if 13 in numbers:
            raise ValueError("thirteen")
        if 99 in numbers:
            raise StoreUnavailable("away")
        return [2 * each for each in numbers]


async def test_what_comes_while_others_are_done_is_done_together() -> None:
    desk = Desk()
    desk.busy.clear()
    grouped = Grouped(desk.work, 3)
    first = asyncio.create_task(grouped.add(1))
    while not desk.groups:
        await asyncio.sleep(0)
    rest = asyncio.gather(*(grouped.add(number) for number in (2, 3, 4, 5)))
    await asyncio.sleep(0)
    desk.busy.set()
    assert (await first, await rest) == (2, [4, 6, 8, 10])
    assert desk.groups == [[1], [2, 3, 4], [5]]


async def test_one_that_cannot_be_done_takes_no_other_along() -> None:
    desk = Desk()
    grouped = Grouped(desk.work, 10)
    answers = await asyncio.gather(*(grouped.add(number) for number in (1, 13, 2)), return_exceptions=True)
    assert [str(each) for each in answers] == ["2", "thirteen", "4"]
    assert desk.groups == [[1, 13, 2], [1], [13], [2]]


async def test_an_error_that_none_of_them_caused_is_everybodys_at_once() -> None:
    desk = Desk()
    grouped = Grouped(desk.work, 10, nobodys=(StoreUnavailable,))
    answers = await asyncio.gather(*(grouped.add(number) for number in (1, 99)), return_exceptions=True)
    assert {type(each) for each in answers} == {StoreUnavailable}
    assert desk.groups == [[1, 99]]


async def test_a_group_weighs_no_more_than_it_may_but_a_heavy_one_goes_alone() -> None:
    desk = Desk()
    grouped = Grouped(desk.work, 10, weight=lambda number: number, heaviest=5)
    await asyncio.gather(*(grouped.add(number) for number in (2, 3, 1, 50)))
    assert desk.groups == [[2, 3], [1], [50]]


@pytest.mark.parametrize("hurried", [1, 2])
async def test_one_lingers_for_others_until_one_of_them_hurries(hurried: int) -> None:
    desk = Desk()
    grouped = Grouped(desk.work, 10, linger=3600.0, hurries=lambda number: number == hurried)
    assert await asyncio.gather(*(grouped.add(number) for number in (1, 2))) == [2, 4]
    assert desk.groups == [[1, 2]]


async def test_who_lingers_alone_is_done_in_the_end() -> None:
    grouped = Grouped(Desk().work, 10, linger=0.001)
    assert await grouped.add(1) == 2


async def test_one_that_gives_up_waiting_spoils_nothing() -> None:
    desk = Desk()
    desk.busy.clear()
    grouped = Grouped(desk.work, 10)
    tired, patient = (asyncio.create_task(grouped.add(number)) for number in (1, 2))
    while not desk.groups:
        await asyncio.sleep(0)
    tired.cancel()
    desk.busy.set()
    assert await patient == 4
    assert await grouped.add(3) == 6


async def test_work_that_is_cut_off_leaves_nobody_waiting() -> None:
    desk = Desk()
    desk.busy.clear()
    grouped = Grouped(desk.work, 3)
    asking = [asyncio.create_task(grouped.add(number)) for number in (1, 2)]
    while not desk.groups:
        await asyncio.sleep(0)
    (group,) = [each for each in asyncio.all_tasks() if each.get_name() == "group"]
    group.cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in answers} == {asyncio.CancelledError}
    desk.busy.set()
    assert await grouped.add(3) == 6


async def test_what_nobody_waits_for_any_more_is_not_done() -> None:
    desk = Desk()
    desk.busy.clear()
    grouped = Grouped(desk.work, 1)
    first, gone = asyncio.create_task(grouped.add(1)), asyncio.create_task(grouped.add(2))
    last = asyncio.create_task(grouped.add(3))
    while not desk.groups:
        await asyncio.sleep(0)
    gone.cancel()
    desk.busy.set()
    assert (await first, await last) == (2, 6)
    assert desk.groups == [[1], [3]]


async def test_what_hurries_and_found_no_room_in_one_group_does_not_linger_before_the_next() -> None:
    desk = Desk()
    grouped = Grouped(desk.work, 1, linger=3600.0, hurries=lambda _: True)
    assert await asyncio.gather(*(grouped.add(number) for number in (1, 2, 3))) == [2, 4, 6]


async def test_work_that_answers_for_too_few_leaves_nobody_waiting() -> None:
    async def work(numbers: Sequence[int]) -> Sequence[int]:
        return [1] * (len(numbers) == 1)

    grouped = Grouped(work, 10)
    assert await asyncio.gather(*(grouped.add(number) for number in (1, 2))) == [1, 1]
