"""What a rule found, on the screen and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len

from monitor.cli import marks
from monitor.cli.wording import numbered
from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic
from monitor.log import escaped
from monitor.workshop.archived import Stretch
from monitor.workshop.backtest import Difference, Findings, Sample
from monitor.workshop.bars import Chart, drawn
from monitor.workshop.forecast import Forecast
from monitor.workshop.trying import Tried

_WIDTH = 100
_TITLE = 62
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def lines(tried: Tried, seconds: float, zone: ZoneInfo) -> Iterator[str]:
    """Yield the screen of a rule that was tried in `seconds`."""
    found = tried.found
    yield _sum(found, seconds)
    if tried.stretch and tried.stretch.falls_short:
        yield _short(tried.stretch, zone)
    if tried.against:
        yield tried.against.told
    yield from _spread(found)
    if found.overrun:
        rest = "; the rest was not read" if found.given_up else ""
        yield click.style(
            f"a regular expression ran out of time in {numbered(found.overrun, 'article')}{rest}", fg="red"
        )
    yield from _sent(found)
    if found.difference:
        yield from _difference(found.difference, zone)
    else:
        for each in found.samples:
            yield from _sample(" ", each, zone)


def as_dict(rule: Rule, tried: Tried, seconds: float, warnings: Sequence[Diagnostic]) -> dict[str, object]:
    """Return all that the screen says, for JSON: times in UTC."""
    found, difference = tried.found, tried.found.difference
    return {
        "rule": rule.id,
        "query": str(rule.query),
        "asked_for": tried.stretch.until - tried.stretch.asked if tried.stretch else None,
        "since": found.since,
        "until": found.until,
        "articles": found.articles,
        "read": found.read,
        "seconds": round(seconds, 3),
        "matches": found.matches,
        "stories": found.stories,
        "overrun": found.overrun,
        "given_up": found.given_up,
        "per_day": _per_day(found.chart) if found.chart else [],
        "top": [{"source": outlet, "matches": count} for outlet, count in found.outlets],
        "forecast": [{**asdict(each), "a_day": _a_day(each, _days(found))} for each in found.forecasts],
        "samples": _told(found.samples),
        "comparison": tried.against.told if tried.against else None,
        "difference": difference
        and {
            "before": difference.before,
            "gained": difference.gained,
            "lost": difference.lost,
            "new": _told(difference.new),
            "gone": _told(difference.gone),
        },
        "warnings": [asdict(each) for each in warnings],
    }


def span(length: timedelta) -> str:
    """Return a length of time in words, such as "30 days", "6 hours" or "10 minutes"."""
    if length >= 2 * _DAY:
        return numbered(round(length / _DAY), "day")
    return numbered(round(length / _HOUR), "hour") if length >= _HOUR else numbered(round(length / _MINUTE), "minute")


def _short(there: Stretch, zone: ZoneInfo) -> str:
    unit, name = (_DAY, "days") if there.asked >= 2 * _DAY else (_HOUR, "hours")
    reach, asked = there.reach / unit, there.asked / unit
    shown = f"{reach:.3g}" if reach >= 1 else "less than one"
    return f"the archive is whole only since {there.since.astimezone(zone):%Y-%m-%d}: {shown} of the {asked:.3g} {name} asked for"


def _sum(found: Findings, seconds: float) -> str:
    changed = found.difference
    was = f" (was {changed.before:,}: +{changed.gained:,} −{changed.lost:,})" if changed else ""
    matches = click.style(f"matches {found.matches:,}", bold=True)
    return f"{numbered(found.articles, 'article')} in {seconds:.1f} s · {matches}{was} · {numbered(found.stories, 'story', 'stories')} after grouping"


def _spread(found: Findings) -> Iterator[str]:
    bars = drawn(found.chart) if found.chart and found.matches else ""
    outlets = " · ".join(f"{escaped(name) or 'no source'} {count:,}" for name, count in found.outlets)
    top = f"top: {outlets}" if outlets else ""
    if bars and top and len(bars) + cell_len(top) + 8 <= _WIDTH:
        yield f"{bars}        {top}"
    else:
        yield from (each for each in (bars, top) if each)


def _sent(found: Findings) -> Iterator[str]:
    told = [_forecast(each, _days(found)) for each in found.forecasts]
    line = f"would have sent: {' · '.join(told) or 'nothing'}"
    if len(line) <= _WIDTH:
        yield line
    else:
        yield "would have sent:"
        yield from (f"  {each}" for each in told)


def _forecast(each: Forecast, days: float) -> str:
    kind = "silence" if each.silences else "alert" if each.instant else "digest"
    name = "" if each.digest_id == "instant" else f"{each.digest_id} "
    told = numbered(each.editions, f"{name}{kind}")
    if each.silences:
        return told
    if each.editions and each.instant:
        told += f", {_a_day(each, days):g} a day, at most {each.most_in_an_hour} in one hour"
    elif each.editions:
        told += f" (median {each.stories:g} {'story' if each.stories == 1 else 'stories'})"
    if each.told_again:
        told += f", {numbered(each.told_again, 'story', 'stories')} told once more"
    if each.waiting:
        told += f", {numbered(each.waiting, 'story', 'stories')} still waiting"
    return told


def _difference(changed: Difference, zone: ZoneInfo) -> Iterator[str]:
    for sign, color, samples, count in (
        ("+", "green", changed.new, changed.gained),
        ("−", "red", changed.gone, changed.lost),
    ):
        for each in samples:
            yield from _sample(click.style(sign, fg=color), each, zone)
        if count > len(samples):
            yield click.style(f"{sign} and {count - len(samples):,} more", fg=color)


def _sample(sign: str, sample: Sample, zone: ZoneInfo) -> Iterator[str]:
    day = f"{sample.seen_at.astimezone(zone):%Y-%m-%d}" if sample.seen_at else " " * 10
    title = marks.line(sample.document.title, sample.spans, "title", _TITLE - 2)
    gap = " " * max(_TITLE - cell_len(click.unstyle(title)), 1)
    yield f"{sign} {day} {title}{gap}{escaped(sample.outlet)}".rstrip()
    fields = {each.field for each in sample.spans}
    if fields and "title" not in fields:
        field = "summary" if "summary" in fields else "body"
        text = sample.document.summary if field == "summary" else sample.document.body
        yield f"{'':13}{marks.excerpt(text, sample.spans, field, _WIDTH - 15)}"


def _days(found: Findings) -> float:
    return max((found.until - found.since) / _DAY, 1.0) if found.since and found.until else 1.0


def _a_day(each: Forecast, days: float) -> float:
    return round(each.editions / days, 1)


def _per_day(shown: Chart) -> list[dict[str, object]]:
    """Return the bars; each begins with its day and lasts until the next."""
    return [
        {"from": f"{shown.first + _DAY * shown.step * number}", "matches": count}
        for number, count in enumerate(shown.counts)
    ]


def _told(samples: Iterable[Sample]) -> list[dict[str, object]]:
    return [
        {
            "id": each.number,
            "seen": each.seen_at,
            "source": each.outlet,
            "title": each.document.title,
            "url": each.document.url,
            "spans": [[span.field, span.start, span.end] for span in each.spans],
        }
        for each in samples
    ]
