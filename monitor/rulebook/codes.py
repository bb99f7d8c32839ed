"""The codes of faults in rule files, each explained in a sentence or two."""

CODES: dict[str, str] = {
    "PW100": "A rule file could not be read: it does not exist, is a folder, or may not be read by this user.",
    "PW101": "A rule file is larger than 1 MiB. Split it: every file that the setting `rules` names is loaded.",
    "PW102": "A rule file is not UTF-8 text, or holds control characters. Save it as UTF-8.",
    "PW103": "A tab stands where YAML wants spaces. Indent with spaces only.",
    "PW104": "The file is not YAML. Only the first such fault of a file can be told, as what follows it cannot be read.",
    "PW105": "YAML would take a part of this query for something else: a quote at its start for a quoted text, ` #` for a "
    "comment, `: ` for a key, one of `* & ! % @ |` for a sign of its own. Put the whole query in single quotes.",
    "PW106": "The file is put together in a way that rule files never need: more than 20 levels, more than 50 aliases, an "
    "anchor inside itself, a tag, a second document.",
    "PW107": "A key stands twice in one mapping. YAML would silently keep only one of the two.",
    "PW108": "Two rules have one id, or two lists one name. Both are unique over all files.",
    "PW109": "A value is of another kind than its key asks for: text, a list or a mapping.",
    "PW110": "A key that does not exist. Every key has a meaning or is refused, so that a misspelt one cannot go unnoticed.",
    "PW112": "A rule lacks something that every rule needs, or a list or a query is empty.",
    "PW113": "A value that the key cannot have: a badly formed id, duration, language, source or priority.",
    "PW114": "A rule delivers to a digest that config.toml does not have.",
    "PW115": "A rule, a query or an example names a feed or a tag that no feed in config.toml has.",
    "PW116": "A list contains itself, directly or by way of other lists.",
    "PW117": "The file has more faults than are worth telling at once. Mend the first ones and check again.",
    "PW210": "An example under `match` is not matched by its rule.",
    "PW211": "An example under `no_match` is matched by its rule.",
    "PW212": "An example is matched, but what would be marked in it is not what its `marks` say.",
    "PW213": "A scenario is not told as its `expect` says: another time, another digest, or another number of stories.",
    "PW214": "A scenario expects an edition at a time at which none of its articles has come yet.",
    "PW215": "The regular expression of a rule runs out of its time in one of the rule's examples. In the news it would be stopped, and "
    "switched off when that happens again and again.",
    "PW411": "A list is used by no query.",
    "PW416": "A query names a tag that no feed has, but one that a feed has is spelt nearly so. Articles may have tags of their own, "
    "so it may be right all the same.",
    "PW417": "A rule asks for the language of articles, and what tells it from their words is not installed. Articles whose feed "
    "states no language are looked at by every rule then. pip install 'presswatch[lang]' adds it.",
    "PW418": "A language is given by a code that no feed states: that of a country (ua, cz, jp), or one of three letters (eng). Two letters "
    "say a language, as in uk, cs, ja, en.",
    "PW430": "A part of a rule could be looser, or missing, and no example or scenario would notice. Nothing holds it in place: who "
    "edits the rule can lose it unawares.",
    "PW431": "A rule has so many parts that only the first of its mutations were tried.",
}

#: What `rules lint` warns of and `check` is silent about.
LINT_CODES: dict[str, str] = {
    "PW412": "Two rules have the same query, languages and sources, in whichever order and spelling their parts are written. Each match "
    "is told twice; one rule can deliver to several digests.",
    "PW413": "A rule has no examples, so nothing would notice if an edit broke it.",
    "PW414": "An item stands twice in one list, if only in other capitals or with other accents, which do not count.",
    "PW415": "A term finds nothing that another one beside it does not find: a word beside a prefix that it begins with.",
}
