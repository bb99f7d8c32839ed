"""The keys of rule files: what each is for and what it holds. The loader takes no other, and editors are told of these.

`says` is what an editor shows beside a key; `holds` is a JSON Schema of what stands under it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from monitor.config import units
from monitor.core.model import Distinct, Priority
from monitor.core.text import STEMMED

Schema: TypeAlias = Mapping[str, object]

#: Patterns of Python and of JSON Schema alike, each for a whole text.
ID = r"^[a-z0-9-]{1,64}$"
LANGUAGE = r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"


@dataclass(frozen=True, slots=True)
class Key:
    """What a key is for, what it holds, and whether it has to be there."""

    says: str
    holds: Schema
    needed: bool = False


Keys: TypeAlias = Mapping[str, Key]

#: Text is never guessed to be anything else, so an editor must not mind that 1994 or true looks like something else.
TEXT_TYPES = ("string", "number", "boolean")
TEXT: Schema = {"type": list(TEXT_TYPES), "minLength": 1}
QUERY: Schema = {"$ref": "#/definitions/query"}


def written(pattern: str, says: str) -> Schema:
    """Return the schema of a text that fits a pattern, with what an editor says where it does not."""
    return {"type": "string", "pattern": pattern, "patternErrorMessage": says}


def listed(schema: Schema) -> Schema:
    """Return the schema of a list of what `schema` describes."""
    return {"type": "array", "items": schema}


def table(keys: Keys) -> Schema:
    """Return the schema of a mapping that may have these keys and no other."""
    return {
        "type": "object",
        "properties": {name: {**key.holds, "description": key.says} for name, key in keys.items()},
        "required": [name for name, key in keys.items() if key.needed],
        "additionalProperties": False,
    }


#: What a wave may ask for at the most: as many matches of a rule as planning looks at, and half of those.
MOST_IN_WAVE = 1000

#: The largest chance that a spike may leave: more would be no spike.
MOST_CHANCE = 0.1

WAVE: Keys = {
    "count": Key("How many there must be.", {"type": "integer", "minimum": 2, "maximum": MOST_IN_WAVE}, needed=True),
    "within": Key(
        "In a stretch of which length.",
        written(units.DURATION, "write a duration like 30m, 1h or 2d"),
        needed=True,
    ),
    "distinct": Key(
        "What is counted: every match, outlets (source), or stories. Every match when missing.",
        {"enum": list(Distinct), "default": Distinct.MATCH},
    ),
}

SPIKE: Keys = {
    "spike": Key(
        "How small the chance must be that so many come together, as in 0.001.",
        {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_CHANCE},
        needed=True,
    ),
    "within": WAVE["within"],
    "against": Key(
        "Against the same hours of how many weeks. 28d when missing.",
        written(units.DURATION, "write whole weeks, as in 28d or 4w"),
    ),
    "at_least": Key(
        "How many there must be at least. 5 when missing.",
        {"type": "integer", "minimum": 2, "maximum": MOST_IN_WAVE},
    ),
}

SILENCE: Keys = {
    "silent": Key(
        "Tell when nothing has matched for so long, and nothing else.",
        written(units.DURATION, "write a duration like 24h or 3d"),
        needed=True,
    ),
}

SETTINGS: Keys = {
    "languages": Key(
        "Languages of the article, as in [en, uk]; an article that does not say its language passes. Any when missing.",
        listed(written(LANGUAGE, "write a language code, as in en, uk, ar or zh-hant")),
    ),
    "sources": Key(
        "Where the article comes from: ids of feeds, tags of feeds as tag:wire, hosts as example.org or '*.gov.ua'. "
        "Anywhere when missing.",
        listed(TEXT),
    ),
    "max_age": Key(
        "An article older than this by its own date is stored and never told. 7d when missing.",
        written(units.DURATION, "write a duration like 30s, 10m, 6h or 180d"),
    ),
    "priority": Key("What stands first in a digest.", {"enum": list(Priority), "default": Priority.NORMAL}),
    "deliver": Key("Digests of config.toml that tell of it, by name. [instant] when missing.", listed(TEXT)),
    "stem": Key(
        "A language: every word of the query finds its other forms in it too. Off when missing.",
        {"enum": list(STEMMED)},
    ),
    "when": Key(
        "Tell of the rule only when so much of it comes together. Every match when missing.",
        {"oneOf": [table(WAVE), table(SPIKE), table(SILENCE)]},
    ),
    "cooldown": Key(
        "After an instant digest told of the rule, its next matches wait there for so long, and are told together. Not at all when missing.",
        written(units.DURATION, "write a duration like 30m, 6h or 1d"),
    ),
}

ANY_ALL_NONE: Keys = {
    "any": Key("At least one of these queries must be there.", listed(QUERY)),
    "all": Key("Every one of these queries must be there.", listed(QUERY)),
    "none": Key("None of these queries may be there.", listed(QUERY)),
}

ARTICLE: Keys = {
    "title": Key("The headline.", TEXT),
    "summary": Key("What a feed says of the article below its headline.", TEXT),
    "body": Key("The text. A blank line parts paragraphs.", TEXT),
    "author": Key("Who wrote it.", TEXT),
    "source": Key("The id of the feed it comes from. One that the rule looks at when missing.", TEXT),
    "url": Key("Its address.", TEXT),
    "language": Key("Its language, as in en. One that the rule looks at when missing.", TEXT),
    "tags": Key("Its own tags.", listed(TEXT)),
}

EXAMPLE: Keys = {
    **ARTICLE,
    "marks": Key("The texts that the rule should mark in it, from the title to the end of the body.", listed(TEXT)),
}

EXAMPLES: Keys = {
    "match": Key(
        "Articles that the rule must match: headlines, or mappings of title, summary, body and so on.",
        listed({"$ref": "#/definitions/example"}),
    ),
    "no_match": Key("Articles that the rule must not match.", listed({"$ref": "#/definitions/example"})),
}

#: A time of day on a day, as scenarios write it.
TIME = r"^20\d\d-\d\d-\d\d \d\d:\d\d$"

ARRIVAL: Keys = {
    "at": Key(
        "When the article is first seen, by the clock of the service's time zone.",
        written(TIME, 'write a time in quotes, as in "2026-11-23 10:00"'),
        needed=True,
    ),
    **ARTICLE,
    "source": Key("Any name for where it comes from. One that the rule looks at when missing.", TEXT),
}

EDITION: Keys = {
    "at": Key(
        "The minute at which it is made, by the clock of its digest.",
        written(TIME, 'write a time in quotes, as in "2026-11-23 10:00"'),
        needed=True,
    ),
    "digest": Key("A digest of config.toml that the rule delivers to.", TEXT, needed=True),
    "items": Key("How many stories of this rule it tells. Any number when missing.", {"type": "integer", "minimum": 1}),
}

SCENARIO: Keys = {
    "name": Key("What should happen, in a few words.", TEXT, needed=True),
    "articles": Key("What comes, and when.", listed(table(ARRIVAL)), needed=True),
    "expect": Key(
        "Every edition that is made of it, and nothing else; [] for nothing.", listed(table(EDITION)), needed=True
    ),
}

RULE: Keys = {
    "id": Key(
        "The rule's name everywhere: letters a to z, digits and '-'. No two rules have the same one.",
        {**written(ID, "write 1 to 64 of the letters a to z, digits and '-'"), "type": ["string", "integer"]},
        needed=True,
    ),
    "title": Key("What messages call the rule; its id when missing.", TEXT),
    "description": Key("What it is for. For those who read the rules.", TEXT),
    "match": Key(
        "What to look for: a query, a list of queries of which any will do, or any, all and none, each with a list of queries.",
        QUERY,
        needed=True,
    ),
    **SETTINGS,
    "examples": Key("Articles that the rule must match or must not match, tried at every load.", table(EXAMPLES)),
    "scenarios": Key(
        "Articles that come at stated times, and the editions that must follow; `presswatch test` plays them.",
        listed(table(SCENARIO)),
    ),
}

FILE: Keys = {
    "lists": Key(
        "Names for terms. Any query, in any file, uses one as $name.",
        {
            "type": ["object", "null"],
            "propertyNames": written(r"^[\p{L}\p{N}_-]{1,64}$", "write letters, digits, '-' and '_'"),
            "additionalProperties": listed(QUERY),
        },
    ),
    "defaults": Key(
        "What every rule of this file says that does not say otherwise.",
        {**table(SETTINGS), "type": ["object", "null"]},
    ),
    "rules": Key("What you want to hear of.", {"type": ["array", "null"], "items": table(RULE)}),
}

#: Where keys belong that were written elsewhere.
OWNERS: Mapping[str, Keys] = {"a rule": RULE, "a rule file": FILE, "an example": EXAMPLE, "a query": ANY_ALL_NONE}

#: What people call a key before they have read what it is called.
SYNONYMS: Mapping[str, str] = {
    "query": "match", "search": "match", "keywords": "match", "terms": "match", "feed": "sources", "feeds": "sources",
    "digest": "deliver", "digests": "deliver", "channel": "deliver", "channels": "deliver", "name": "id",
}  # fmt: skip
