"""Queries that are refused: what is said, where, and what to do about it."""

import pytest

from monitor.core.query import CODES, Not, QueryError, combine, parse
from monitor.core.text.stemming import LANGUAGES

LISTS = {"envoys": parse("a OR b"), "titled": parse("title:a")}


def refusal(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, LISTS)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "place", "message", "hint"),
    [
        ("", "PW120", "", "the query is empty", "write what to look for"),
        (" \n", "PW120", " \n", "the query is empty", "write what to look for"),
        ("(a", "PW121", "(", "this bracket is never closed", "add )"),
        ("a AND (b OR (c)", "PW121", "(", "this bracket is never closed", "add )"),
        ("a)", "PW122", ")", "this bracket was never opened", "take it out, or add ("),
        ("(a))", "PW122", ")", "this bracket was never opened", "take it out, or add ("),
        (")", "PW122", ")", "this bracket was never opened", "take it out, or add ("),
        ('"a b', "PW123", '"', "this quotation mark is never closed", 'add "'),
        ('a "b', "PW123", '"', "this quotation mark is never closed", 'add "'),
        ("a AND", "PW124", "AND", "something to look for is missing behind AND", ""),
        ("AND a", "PW124", "AND", "something to look for is missing before AND", ""),
        ("a OR AND b", "PW124", "OR", "something to look for is missing behind OR", ""),
        ("()", "PW124", "(", "something to look for is missing behind (", ""),
        ("NOT", "PW124", "NOT", "something to look for is missing behind NOT", ""),
        ("title:", "PW124", "title:", "title: needs what to look for", "as in title:word"),
        ("title: AND a", "PW124", "title:", "title: needs what to look for", "as in title:word"),
        ("(title:)", "PW124", "title:", "title: needs what to look for", "as in title:word"),
        ('a "b"', "PW125", 'a "b"', "AND, OR or NOT is missing between these two", "only words in a row, as one phrase, stand without"),
        ("a $envoys", "PW125", "a $envoys", "AND, OR or NOT is missing between these two", "only words in a row, as one phrase, stand without"),
        ("(a) b", "PW125", ") b", "AND, OR or NOT is missing between these two", "only words in a row, as one phrase, stand without"),
        ("lang:en Kyiv", "PW125", "en Kyiv", "AND, OR or NOT is missing between these two", "only words in a row, as one phrase, stand without"),
        ('"b c"~5', "PW125", '"b c"~5', "AND, OR or NOT is missing between these two", "write NEAR/5 between the words"),
        ("a and (b)", "PW125", "and (", "AND, OR or NOT is missing between these two", "write AND, in capitals"),
        ('"a" or b', "PW125", '"a" or', "AND, OR or NOT is missing between these two", "write OR, in capitals"),
        ("a w/5 (b)", "PW125", "w/5 (", "AND, OR or NOT is missing between these two", "write NEAR/5"),
        ("(a) ATLEAST/2 b", "PW125", ") ATLEAST/2", "AND, OR or NOT is missing between these two", "only words in a row, as one phrase, stand without"),
        ("2 of (a, b)", "PW125", "of (", "AND, OR or NOT is missing between these two", "write OF in capitals, as in 2 OF (a, b, c)"),
        ("titel:a", "PW126", "titel:", "unknown field titel:", "did you mean title:?"),
        ("a OR Breaking: news", "PW126", "Breaking:", "unknown field Breaking:", "put the words in quotes if the colon is part of them"),
        ("https://example.org/a", "PW126", "https:", "an address needs its field", "as in url:https://example.org/*"),
        ("title:(a AND author:b)", "PW127", "author:", "author: cannot stand within title:", "close the bracket before it"),
        ("author:(a OR raw:b)", "PW127", "raw:b", "raw:b cannot stand within author:", "close the bracket before it"),
        ("author:$envoys", "PW127", "$envoys", "$envoys cannot stand within author:", "write out what it should be"),
        ("title:$titled", "PW127", "$titled", "$titled cannot stand within title:", "write out what it should be"),
        ("raw:(a)", "PW127", "raw:", "raw: stands before one word or one phrase in quotes", 'as in raw:US OR raw:"Us Weekly"'),
        ("$envoy", "PW128", "$envoy", "unknown list $envoy", "did you mean $envoys?"),
        ("$x", "PW128", "$x", "unknown list $x", "define it under lists: in any rule file"),
        ("ab*", "PW129", "ab*", "the prefix ab* is too short: it needs at least 3 letters", "write more of the word, or list words with OR"),
        ("x-ab*", "PW129", "x-ab*", "the prefix x-ab* is too short: it needs at least 3 letters", "write more of the word, or list words with OR"),
        ("*able", "PW130", "*", "a * stands at the end of a word, for any ending", "as in guarantee*"),
        ("a *", "PW130", "*", "a * stands at the end of a word, for any ending", "as in guarantee*"),
        ("foo*bar", "PW130", "*", "a * stands at the end of a word, for any ending", "as in guarantee*"),
        ("foo**", "PW130", "*", "a * stands at the end of a word, for any ending", "as in guarantee*"),
        ("維特科夫*", "PW130", "*", "words of this script need no *: they are found wherever their characters stand", "leave the * out"),
        ("NOT golf", "PW131", "NOT golf", "the query says only what must be absent", "add what to look for: something AND NOT this"),
        ("NOT a AND NOT b", "PW131", "NOT a AND NOT b", "the query says only what must be absent", "add what to look for: something AND NOT this"),
        ("title:(NOT a)", "PW131", "title:(NOT a)", "the query says only what must be absent", "add what to look for: something AND NOT this"),
        ("a NEAR b", "PW132", "NEAR", "NEAR needs a number", "as in NEAR/5"),
        ("a ONEAR/ b", "PW132", "ONEAR/", "ONEAR needs a number", "as in ONEAR/5"),
        ("a NEAR/x b", "PW132", "NEAR/x", "NEAR needs a number", "as in NEAR/5"),
        ("ATLEAST a", "PW132", "ATLEAST", "ATLEAST needs a number", "as in ATLEAST/5"),
        ("a NEAR/1000000000 b", "PW132", "NEAR/1000000000", "NEAR/1000000000 is out of bounds: the number is 1 to 10,000, or 0 beside NEAR", "as in NEAR/5"),
        ("ATLEAST/0 a", "PW132", "ATLEAST/0", "ATLEAST/0 is out of bounds: the number is 1 to 10,000, or 0 beside NEAR", "as in ATLEAST/5"),
        ("4 OF (a, b, c)", "PW132", "4 OF", "4 OF 3 choices cannot be", "as in 2 OF (a, b, c)"),
        ("1 OF (a)", "PW132", "1 OF", "1 OF 1 choice cannot be", "as in 2 OF (a, b, c)"),
        ("0 OF (a, b)", "PW132", "0 OF", "0 OF 2 choices cannot be", "as in 2 OF (a, b, c)"),
        ("2 OF (a, b", "PW121", "(", "this bracket is never closed", "add )"),
        ("2 OF (a, )", "PW122", ")", "this bracket was never opened", "take it out, or add ("),
        ("2 OF a, b", "PW132", "2 OF", "the choices of OF stand in a bracket", "as in 2 OF (a, b, c); put a phrase in quotes"),
        ("/ferry", "PW123", "/", "this regular expression is never closed", "add / at its end; put a phrase with a slash in quotes"),
        ("a AND /(b|c)", "PW123", "/", "this regular expression is never closed", "add / at its end; put a phrase with a slash in quotes"),
        ("a AND /colou(r/", "PW133", "/colou(r/", "this regular expression cannot be read: missing ) at position 7", ""),
        ("/(a{100}){101}/", "PW133", "/(a{100}){101}/", "this regular expression is too large: at most 1,000 characters and 10,000 repetitions", "list the words with OR"),
        ("a NEAR/5", "PW124", "NEAR/5", "something to look for is missing behind NEAR/5", ""),
        ("NEAR/5 a", "PW124", "NEAR/5", "something to look for is missing before NEAR/5", ""),
        ("a NEAR/5 NOT b", "PW138", "NOT", "NOT cannot stand beside NEAR", "write a AND NOT b"),
        ("a ONEAR/5 NOT b", "PW138", "NOT", "NOT cannot stand beside ONEAR", "write a AND NOT b"),
        ("ATLEAST/2 NOT b", "PW138", "NOT", "NOT cannot stand behind ATLEAST", "write a AND NOT b"),
        ("a NEAR/5 (b NOT c)", "PW138", "(b NOT c)", "only words, phrases, lists, and brackets of them with OR or NEAR stand beside NEAR", "join the rest by AND outside of it"),
        ("(a AND b) NEAR/5 c", "PW138", "(a AND b)", "only words, phrases, lists, and brackets of them with OR or NEAR stand beside NEAR", "join the rest by AND outside of it"),
        ("a NEAR/5 lang:en", "PW138", "lang:en", "only words, phrases, lists, and brackets of them with OR or NEAR stand beside NEAR", "join the rest by AND outside of it"),
        ("2 OF (a, b) NEAR/5 c", "PW138", "2 OF (a, b)", "only words, phrases, lists, and brackets of them with OR or NEAR stand beside NEAR", "join the rest by AND outside of it"),
        ("stem:xx a", "PW139", "stem:xx", "no word forms of the language 'xx' are known", f"known are {', '.join(LANGUAGES)}"),
        ("stem: a", "PW139", "stem:", "stem: needs a language", "as in stem:en guarantee"),
        ("stem:en", "PW124", "stem:en", "stem:en needs what to look for", "as in stem:en word"),
        ("維?特", "PW130", "?", "? is one letter inside a word, and in this script every character is a word", "use NEAR/1 between the two"),
        ("a?b*", "PW129", "a?b*", "the prefix a?b* is too short: it needs at least 3 letters", "write more of the word, or list words with OR"),
        ('""', "PW134", '""', "there is nothing between these quotes", ""),
        ("… –", "PW134", "… –", "there is no word here to look for", ""),
        ('"…"', "PW134", "…", "there is no word here to look for", ""),
        ("raw:++", "PW134", "++", "raw: needs at least one word to look for", ""),
        ('author:" "', "PW134", '" "', "author: needs a value", ""),
        ("a, b", "PW136", ",", "a comma says neither AND nor OR", "write OR, or put a phrase in quotes"),
        ("a && b", "PW137", "&&", "&& is not an operator here", "write AND"),
        ("a | b", "PW137", "|", "| is not an operator here", "write OR"),
    ],
)  # fmt: skip
def test_a_faulty_query_is_refused_at_its_place(text: str, code: str, place: str, message: str, hint: str) -> None:
    error = refusal(text)
    told = (error.code, text[error.start : error.end], error.message, error.hint)
    assert told == (code, place, message, hint)
    assert error.code in CODES


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(" * 21 + "a" + ")" * 21, "("),
        ("word " * 51, None),
        (" OR ".join(["word"] * 4000), None),
        ("a-b c-d e-f g-h i-j", None),
        (f'raw:"{"word " * 51}"', None),
    ],
)
def test_a_query_has_limits(text: str, place: str | None) -> None:
    error = refusal(text)
    assert error.code == "PW135"
    assert place is None or text[error.start : error.end] == place


def test_brackets_may_be_twenty_deep() -> None:
    assert parse("(" * 20 + "a" + ")" * 20) == parse("a")


def test_a_mapping_of_absences_alone_is_refused() -> None:
    with pytest.raises(QueryError) as caught:
        combine(none=[parse("a")])
    assert caught.value.code == "PW131"
    with pytest.raises(QueryError) as caught:
        combine(all=[Not(parse("a"))])
    assert caught.value.code == "PW131"


def test_an_empty_mapping_is_refused() -> None:
    with pytest.raises(QueryError) as caught:
        combine()
    assert caught.value.code == "PW120"
