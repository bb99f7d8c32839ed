"""Which articles of different outlets tell one story by their title alone: alerts, of which there is too little text to be compared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from monitor.core.copies import Told
from monitor.core.model import Story
from monitor.core.numbers import numbers
from monitor.core.stories import ENOUGH, opening
from monitor.core.text import bare_words

#: Words of a title that says by itself what has happened. Of titles of four words in eight months of real feeds one in 170 came again for
#: other news, of three one in 120; of six and more one in 1,500, and none of those at another outlet.
SAYING = 6


def one_title(one: Told, other: Told) -> bool:
    """Tell whether two articles of one title, published within hours of each other, are one story by that alone.

    Not of one outlet: its tickers, columns and forecasts have one title again and again. Nor where both have text, for then the texts
    decide, or where the texts have other numbers. `title` is without what an aggregator adds to it.
    """
    if one.outlet == other.outlet or not (_brief(one) or _brief(other)) or len(bare_words(one.title)) < SAYING:
        return False
    here, there = (numbers(opening(each.summary, each.body)) for each in (one, other))
    return not here or not there or here <= there or here >= there


class Namesakes:
    """Articles of late, by their title keys."""

    def __init__(self) -> None:
        self._by_title: dict[str, list[Told]] = defaultdict(list)

    def add(self, titles: Iterable[str], told: Told) -> None:
        """Remember an article with these title keys, of whichever kind."""
        for title in _titles(titles):
            self._by_title[title].append(told)

    def story_of(self, titles: Iterable[str], told: Told, window: timedelta) -> Story | None:
        """Return the oldest story all of whose articles of one's title are one story with it, of those begun at most `window` before or after."""
        its: dict[Story, list[Told]] = defaultdict(list)
        for title in _titles(titles):
            for each in self._by_title.get(title, ()):
                its[each.story].append(each)
        fit = (story for story, some in its.items() if all(one_title(told, each) for each in some))
        return min((story for story in fit if story.takes(told.story.began, window)), default=None)


def _titles(keys: Iterable[str]) -> Iterator[str]:
    """Yield title and hours of some title keys, without the kind."""
    return (key.partition(":")[2] for key in keys)


def _brief(told: Told) -> bool:
    return len(opening(told.summary, told.body)) < ENOUGH
