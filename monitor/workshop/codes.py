"""The codes of doubts about rules that only articles can raise, each explained in a sentence or two."""

CODES: dict[str, str] = {
    "PW401": "The rule has matched more than one in twenty of all articles. Who is told so much reads none of it: ask for more words, or "
    "for words near each other.",
    "PW403": "The rule has matched nothing in all the time that was looked at. That may be right; more often a word is misspelt.",
}
