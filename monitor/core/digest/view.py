"""What a reader sees of an edition, as plain dicts, lists, texts and numbers: all that a template is given, and what programs are told.

The shape, by example (`docs` of templates rest on it; `SAMPLE` in `sample.py` is a whole one):

    {"kind": "digest" | "alert", "digest": {"id", "title"}, "note": "", "faults": [],
     "made": {"date": "Mon 23 Nov 2026", "clock": "07:00", "zone": "CET", "iso": "2026-11-23T07:00:00+01:00"},
     "counts": {"stories", "articles", "outlets", "urgent"}, "top": {"title", "source"},
     "groups": [{"title", "priority", "week": [{"day": "Mon", "count", "height"}, …], "stories": [story, …]}, …],
     "more": [{"title", "url", "source", "when"}, …], "unlisted": 0, "rest": [like "more"], "edition": {"id", "url": "" | "https://…"},
     "mutes": [{"rule", "url"}, …],
     "proof": {"articles", "feeds", "failing", "silenced", "held", "since", "delay": "" | "14 min", "switched_off", "changes": ["Harbour News cannot be read: …", …]} | None}

    story = {"title", "headline": [segment, …], "url", "source", "when", "iso", "priority", "excerpt": [segment, …],
             "outlets": 3, "also": [{"source", "url", "when"}, …], "also_more": 0,
             "before": {"when": "22:35", "source"} | None, "unread": "" | "the page answered 403",
             "why": [{"id", "title", "words": ["Witkoff", …], "where": "in headline and summary",
                      "wave": "" | "5 outlets within 1 h"}, …]}

What programs are told of a story (docs/configuration.md) does not depend on `max_items` or on a reader's zone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from monitor.core.digest.foot import date, foot, when
from monitor.core.digest.marking import Segment, Window, clip, excerpt, hits, line, plain, quoted
from monitor.core.digest.records import Before, Copy, PendingMatch, ProofOfLife, Reason
from monitor.core.digest.spec import DigestSpec, Order
from monitor.core.digest.telling import Telling, tellings
from monitor.core.digest.week import Week, drawn
from monitor.core.model import Span

Context = dict[str, object]
NONE: Mapping[str, str] = {}
NO_WEEK: Week = {}
NEVER: Mapping[int, Before] = {}

TITLE = 240
"""Columns of a title, and of a name of an outlet or rule."""
WORDS, LONGEST_QUOTE = 6, 60
"""Hits quoted as the reason, and columns of one."""
_PARTS = {"title": "headline", "summary": "summary"}
_READ = ("title", "summary", "body")
MOST_QUOTED = 200
"""Hits looked at for them."""
OUTLETS = 5
"""Other outlets named with a story."""
LISTED = 150
"""Stories beyond `max_items` that are listed by title; what is more is counted."""
MOST_LISTED = 400
"""Stories that are listed by title where there is room for more, as in plain text."""
MOST_MUTES = 5
"""Rules with a link that mutes them."""
LONGEST_LINK = 1500

LATE = "Made late: Presswatch was not running at its time."


def view(
    spec: DigestSpec,
    taken: Sequence[PendingMatch],
    *,
    made_at: datetime,
    reason: Reason = Reason.SLOT_DUE,
    proof: ProofOfLife | None = None,
    waves: Mapping[str, str] = NONE,
    note: str = "",
    week: Week = NO_WEEK,
    mute: Callable[[str], str] | None = None,
    before: Mapping[int, Before] = NEVER,
    edition: tuple[str, str] = ("", ""),
) -> Context:
    """Return the template context of an edition with the matches `taken`. `made_at` is in UTC, everything shown in the reader's zone.

    `waves`: how large the waves of rules are that tell only those, in words by the rule's id. `note`: a sentence about the edition itself.
    `week`: how many matches rules had, day by day. `mute` makes the link that mutes a rule, by its id.
    `before`: what this digest told of stories before, by the story's id. `edition`: its id, and the address of a page with all its stories.
    """
    here = made_at.astimezone(ZoneInfo(spec.zone))
    told = _sorted(tellings(taken), spec.order)
    beyond = max(len(told) - spec.max_items, 0)
    return {
        "kind": "alert" if spec.instant else "digest",
        "digest": {"id": spec.id, "title": _name(spec.title, spec.id)},
        "note": note or (LATE if reason is Reason.CAUGHT_UP else ""),
        "faults": [],
        "made": {
            "date": date(here, year=True),
            "clock": f"{here:%H:%M}",
            "zone": here.tzname() or "",
            "iso": here.isoformat("T", "seconds"),
        },
        "counts": _counts(told),
        "top": {key: _brief(_top(told), here)[key] if told else "" for key in ("title", "source")},
        "groups": _groups(told[: spec.max_items], spec.order, here, waves, week, before),
        "edition": dict(zip(("id", "url"), edition, strict=True)),
        **_listed([_brief(each, here) for each in told[spec.max_items : spec.max_items + MOST_LISTED]], LISTED, beyond),
        "proof": foot(proof, here),
        "mutes": _mutes(told, mute) if mute else [],
    }


def _mutes(told: Sequence[Telling], mute: Callable[[str], str]) -> list[dict[str, str]]:
    """Return where each of the first rules of an edition can be muted."""
    titles = {each[0].rule_id: _name(each[0].rule_title, each[0].rule_id) for one in told for each in one.by_rule}
    return [{"rule": title, "url": mute(rule_id)} for rule_id, title in list(titles.items())[:MOST_MUTES]]


def stories(spec: DigestSpec, taken: Sequence[PendingMatch], waves: Mapping[str, str] = NONE) -> tuple[Context, ...]:
    """Return every story of an edition for programs: in the order shown, times in UTC, and none left out for being many."""
    return tuple(_told_to_programs(each, waves) for each in _sorted(tellings(taken), spec.order))


def fold(context: Context, keep: int) -> Context:
    """Return `context` with all but the first `keep` stories moved into the list of titles, and that list shortened with them."""
    groups: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    room = keep
    for group in _dicts(context["groups"]):
        stories = _dicts(group["stories"])
        if stories[:room]:
            groups.append({**group, "stories": stories[:room]})
        moved += [{key: each[key] for key in ("title", "url", "source", "when")} for each in stories[room:]]
        room = max(room - len(stories), 0)
    listed = moved + _dicts(context["more"]) + _dicts(context["rest"])
    unlisted = context["unlisted"]
    assert isinstance(unlisted, int)
    beyond = len(moved) + len(_dicts(context["more"])) + unlisted
    return {**context, "groups": groups, **_listed(listed, min(2 * keep + 10, LISTED), beyond)}


def _listed(briefs: Sequence[dict[str, object]], most: int, beyond: int) -> dict[str, object]:
    """Of so many stories beyond those in full: the first `most` by title, how many that leaves, and those of them that only plain text has room for."""
    return {"more": briefs[:most], "unlisted": max(beyond - most, 0), "rest": briefs[most:MOST_LISTED]}


def shown(context: Context) -> int:
    """Return how many stories `context` shows in full."""
    return sum(len(_dicts(group["stories"])) for group in _dicts(context["groups"]))


def _dicts(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def _sorted(told: Iterable[Telling], order: Order) -> list[Telling]:
    newest = sorted(told, key=lambda each: (each.main.published, each.story_id), reverse=True)
    if order is Order.PRIORITY:
        return sorted(newest, key=lambda each: (each.priority.rank, each.rule_title, each.rule_id))
    if order is Order.SOURCE:
        return sorted(newest, key=lambda each: (each.main.outlet_title.casefold(), each.main.outlet))
    return newest


def _top(told: Sequence[Telling]) -> Telling:
    """The story that stands for all: the first whose headline says what its rule looks for, unless only a less urgent one's does."""
    alike = [each for each in told if each.priority is told[0].priority]
    return next((each for each in alike if any(span.field == "title" for span in each.spans)), told[0])


def _groups(
    told: Sequence[Telling],
    order: Order,
    here: datetime,
    waves: Mapping[str, str],
    week: Week,
    before: Mapping[int, Before],
) -> list[dict[str, object]]:
    return [
        {
            "title": title,
            "priority": priority,
            "week": drawn(week[own], here) if order is Order.PRIORITY and own in week else [],
            "stories": [_story(each, here, waves, before.get(each.story_id)) for each in stories],
        }
        for (own, title, priority), stories in groupby(told, key=lambda each: _heading(each, order))
    ]


def _heading(telling: Telling, order: Order) -> tuple[str, str, str]:
    """What the group is known by, its title and its priority."""
    if order is Order.PRIORITY:
        return telling.rule_id, _name(telling.rule_title, telling.rule_id), str(telling.priority)
    if order is Order.SOURCE:
        return telling.main.outlet, _outlet(telling.main), ""
    return "", "", ""


def _story(telling: Telling, here: datetime, waves: Mapping[str, str], before: Before | None) -> dict[str, object]:
    main = telling.main
    also = _also(telling, before, here)
    return {
        **_brief(telling, here),
        "headline": _headline(telling),
        "iso": main.published.astimezone(here.tzinfo).isoformat("T", "seconds"),
        "edited": main.edited,
        "again": main.told,
        "before": _told_before(before, here),
        "unread": main.page_why if main.page == "failed" else "",
        "priority": str(telling.priority),
        "excerpt": _excerpt(telling),
        "outlets": 1 + len(also),
        "also": also[:OUTLETS],
        "also_more": max(len(also) - OUTLETS, 0),
        "why": [_why(matches, waves) for matches in telling.by_rule],
    }


def _also(telling: Telling, before: Before | None, here: datetime) -> list[dict[str, object]]:
    """The other outlets that have the story: those of this edition, then those that were known before."""
    found: list[PendingMatch | Copy] = list(telling.others)
    named = {_outlet(each).casefold() for each in (telling.main, *telling.others)}
    for each in before.copies if before else ():
        if _outlet(each).casefold() not in named:
            named.add(_outlet(each).casefold())
            found.append(each)
    return [{"source": _outlet(each), "url": _link(each.url), "when": when(each.published, here)} for each in found]


def _told_before(before: Before | None, here: datetime) -> dict[str, object] | None:
    return {"when": when(before.at, here), "source": _outlet(before.copies[0])} if before else None


def _told_to_programs(telling: Telling, waves: Mapping[str, str]) -> Context:
    return {
        "article": telling.main.article_id,
        "title": _title(telling),
        **_copy(telling.main),
        "priority": str(telling.priority),
        "excerpt": plain(_excerpt(telling)),
        "edited": telling.main.edited,
        "again": telling.main.told,
        "rules": [_why(matches, waves) for matches in telling.by_rule],
        "copies": [_copy(each) for each in telling.others],
    }


def _copy(match: PendingMatch) -> Context:
    return {
        "url": _link(match.url),
        "outlet": _outlet(match),
        "feed": match.feed_id,
        "published": f"{match.published.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def _brief(telling: Telling, here: datetime) -> dict[str, object]:
    main = telling.main
    return {
        "title": _title(telling),
        "url": _link(main.url),
        "source": _outlet(main),
        "when": when(main.published, here),
    }


def _title(telling: Telling) -> str:
    return plain(_headline(telling))


def _headline(telling: Telling) -> list[Segment]:
    main = telling.main
    if marked := line(main.title, hits(telling.spans, "title", main.title), TITLE):
        return marked
    stand_ins = (line(text, (), TITLE // 2) for text in (main.summary, main.body, main.url, "(no title)"))
    return next(segments for segments in stand_ins if segments)


def _excerpt(telling: Telling) -> list[Segment]:
    """Where a rule hit, on the page where only that says it; else the beginning, but nothing that only says the title again."""
    main = telling.main
    if added := _added(telling):
        return excerpt(main.body, added)
    texts = [
        (field, text) for field, text in (("summary", main.summary), ("body", main.body)) if _says_more(text, main)
    ]
    for field, text in texts:
        if marks := hits(telling.spans, field, text):
            return excerpt(text, marks)
    return excerpt(texts[0][1], ()) if texts else []


def _says_more(text: str, main: PendingMatch) -> bool:
    """Whether a text is there and more than the title again."""
    return bool(text) and plain(line(text, (), TITLE)) != plain(line(main.title, (), TITLE))


def _added(telling: Telling) -> list[Window]:
    """Return the hits on the page whose words neither title nor summary has."""
    main = telling.main
    if main.page != "read":
        return []
    above = f"{main.title}\n{main.summary}".casefold()
    return [each for each in hits(telling.spans, "body", main.body) if main.body[slice(*each)].casefold() not in above]


def _why(matches: Sequence[PendingMatch], waves: Mapping[str, str]) -> dict[str, object]:
    first = matches[0]
    found = (
        quoted(_text(each, span)[span.start : span.end], LONGEST_QUOTE)
        for each in matches
        for span in _as_read(each.spans)
    )
    words: dict[str, str] = {}
    for word in islice(found, MOST_QUOTED):
        words.setdefault(word.casefold(), word)
    return {
        "id": first.rule_id,
        "title": _name(first.rule_title, first.rule_id),
        "words": [each for each in words.values() if each][:WORDS],
        "where": _where(matches),
        "wave": waves.get(first.rule_id, ""),
    }


def _as_read(spans: Iterable[Span]) -> list[Span]:
    """Return spans in the order in which readers come upon them."""
    return sorted(spans, key=lambda each: (_READ.index(each.field) if each.field in _READ else len(_READ), each.start))


def _where(matches: Sequence[PendingMatch]) -> str:
    """Say in which parts of the text a rule hit: "in the headline", "in summary and page"; "" where it hit no words."""
    hit = {_PARTS.get(span.field) or _body(each) for each in matches for span in each.spans}
    parts = [each for each in ("headline", "summary", "text", "page") if each in hit]
    if len(parts) < 2:
        return "".join(f"{'on' if each == 'page' else 'in'} the {each}" for each in parts)
    return f"in {', '.join(parts[:-1])} and {parts[-1]}"


def _body(match: PendingMatch) -> str:
    return "page" if match.page == "read" else "text"


def _text(match: PendingMatch, span: Span) -> str:
    return {"title": match.title, "summary": match.summary, "body": match.body}.get(span.field, "")


def _name(title: str, own: str) -> str:
    """A title, or the id of what has none that can be read."""
    return clip(title, TITLE) or own


def _outlet(copy: PendingMatch | Copy) -> str:
    return _name(copy.outlet_title, copy.outlet)


def _link(url: str) -> str:
    """A link is only what a browser opens on the web; anything else is shown as no link at all."""
    safe = url.startswith(("https://", "http://")) and len(url) <= LONGEST_LINK
    return url if safe and not any(letter.isspace() or not letter.isprintable() for letter in url) else ""


def _counts(told: Sequence[Telling]) -> dict[str, object]:
    return {
        "stories": len(told),
        "articles": sum(len(each.articles) for each in told),
        "outlets": len({article.outlet for each in told for article in (each.main, *each.others)}),
        "urgent": sum(each.priority.rank == 0 for each in told),
    }
