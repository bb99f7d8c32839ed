"""`presswatch explain` answers why an article was found and why it was not, and tells what became of it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.articles import article as made
from monitor.core.model import Entry, FateState, Outcome, Receipt
from monitor.core.pages import Wish
from monitor.store import Tx, fates, pages
from tests.cli.conftest import Run
from tests.cli.desk import RULES, Desk, news

GOLDEN = Path(__file__).parent / "golden"
SENT = Receipt(Outcome.SENT, "data", "250", "queued")
BUSY = Receipt(Outcome.RETRY, "rcpt", "451", "try\nlater")


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    return Desk(folder, sqlite_url)


def golden(name: str, shown: str) -> None:
    """The screen is as agreed."""
    assert shown == (GOLDEN / f"explain-{name}.txt").read_text(encoding="utf-8")


def test_a_text_is_explained_without_a_database(run: Run, desk: Desk) -> None:
    (desk.folder / "presswatch.db").unlink()
    result = run("explain", "--rule", "envoys", "--text", "Witkoff opens golf resort")
    assert result.exit_code == 0, result.output
    golden("text", result.stdout)


def test_all_rules_are_asked_where_none_is_named(run: Run, desk: Desk) -> None:
    shown = run("explain", "--text", "Witkoff opens golf resort").stdout
    shown = re.sub(r"would go out \d{4}-\d\d-\d\d 07:00", "would go out DATE 07:00", shown)
    golden("all", shown)


def test_a_longer_text_comes_from_standard_input(run: Run, desk: Desk) -> None:
    for arguments in (["-"], ["--text", "-"]):
        result = run(
            "explain", *arguments, "--rule", "resorts", "--json", stdin="Harbour news\n\nA resort.\nKushner saw it.\n"
        )
        told = json.loads(result.stdout)
        assert told["text"] == {"title": "Harbour news", "body": "A resort.\nKushner saw it."}
        assert told["rules"][0]["explanation"]["holds"]


def test_the_way_of_an_article_is_told_up_to_the_recipient(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff visits resort", "The envoy spoke of security guarantees."))
    desk.clock.advance(timedelta(minutes=2))
    desk.send("instant", BUSY, SENT, slot="match 1")
    desk.send("morning", SENT, slot="2026-03-03 07:00")
    result = run("explain", "1")
    assert result.exit_code == 0, result.output
    golden("route", result.stdout)


def test_an_article_is_found_by_its_address_in_any_form(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(replace(news("Ferry news"), url="http://www.harbour.example/ferry-news/?utm_source=rss"))
    for url in ("http://www.harbour.example/ferry-news/?utm_source=rss", "https://harbour.example/ferry-news"):
        assert run("explain", url).stdout.startswith("article    1: Ferry news\n")
    result = run("explain", "https://harbour.example/ferry")
    assert result.exit_code == 2
    assert "There is no article 'https://harbour.example/ferry' in the database." in result.stderr


def test_the_texts_an_article_had_before_are_told(run: Run, desk: Desk) -> None:
    desk.start()
    first = replace(news("Ferry news"), publisher="Coast")
    for title in ("Ferry news", "Ferry news: late", "Ferry news: gone"):
        desk.receive(replace(first, title=title, content_hash=title, seen_at=desk.clock()))
        desk.clock.advance(timedelta(minutes=30))
    shown = run("explain", "1").stdout
    assert shown.startswith("article    1: Ferry news: gone\n           harbour by Coast, first seen 2026-03-02 09:00")
    assert ", text 3\n" in shown
    assert (
        "           until 2026-03-02 09:30: Ferry news\n           until 2026-03-02 10:00: Ferry news: late\n" in shown
    )
    told = json.loads(run("explain", "1", "--json").stdout)["article"]["earlier"]
    assert [(each["version"], each["title"]) for each in told] == [(1, "Ferry news"), (2, "Ferry news: late")]


def test_an_article_that_no_rule_found_says_so(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Ferry news"))
    assert run("explain", "1").stdout.endswith("\nstory      1\n\nNo rule matches.\n\n3 other rules do not match.\n")


def test_other_articles_at_the_same_address_are_named(run: Run, desk: Desk) -> None:
    desk.start()
    for feed in ("harbour", "valley"):
        desk.receive(replace(news("Ferry news", feed=feed), url="https://x.example/ferry"))
    assert "also       articles 1 are at this address\n" in run("explain", "https://x.example/ferry").stdout


def test_a_match_that_was_not_sent_says_why(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff speaks"), state=FateState.BASELINE, reason="in the feed when it was first read")
    shown = run("explain", "1").stdout
    assert "  route  instant: baseline 2026-03-02 09:00: in the feed when it was first read\n" in shown


def test_the_parts_of_a_message_are_counted_from_one_and_a_whole_one_has_none(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff speaks"))
    desk.send("instant")
    desk.send("morning", parts=2)
    shown = run("explain", "1", "--rule", "envoys").stdout
    assert "desk to ana@example.org: pending" in shown
    assert "desk to ana@example.org (part 1 of 2): pending" in shown
    assert "desk to ana@example.org (part 2 of 2): pending" in shown


def test_copies_that_were_merged_are_told(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff speaks"))
    merged = [fates.Settled(1, FateState.MERGED, "this rule has already told this story in this digest")]
    desk.writing(lambda tx: fates.settle(tx, "instant", merged))
    shown = run("explain", "1", "--rule", "envoys").stdout
    assert "instant: merged 2026-03-02 09:00: this rule has already told this story in this digest\n" in shown
    assert re.search(r"^ {9}morning: pending 2026-03-02 09:00, goes out \d{4}-\d\d-\d\d 07:00$", shown, re.MULTILINE)


def test_a_rule_that_was_edited_since_is_told_as_such(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff speaks"))
    desk.rules(
        RULES.replace("- golf\n", "- golf\n        - speaks\n")
        .replace("  examples:", "  #")
        .replace("    match: [W", "    # [W")
        .replace("    no_match", "    # no")
    )
    shown = run("explain", "1").stdout
    assert shown.split("\n\n")[1].startswith("no match   envoys ")
    assert "  note   matched by an earlier version of the rule: (" in shown
    assert "  route  instant: pending" in shown


def test_what_a_rule_that_tells_only_waves_waits_for_is_told(run: Run, desk: Desk) -> None:
    desk.rules("rules:\n  - id: envoys\n    match: Witkoff\n    when: {count: 3, within: 1h, distinct: source}\n")
    desk.start()
    desk.receive(news("Witkoff speaks"))
    shown = run("explain", "1").stdout
    assert "  route  instant: pending 2026-03-02 09:00, goes out with 3 outlets within 1 h\n" in shown
    told = run("explain", "--text", "Witkoff speaks").stdout
    assert "instant: would go out after 30 s with 3 outlets within 1 h, to outbox\n" in told


def test_a_rule_that_was_deleted_since_is_told_as_such(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff visits resort"))
    desk.rules("rules:\n  - id: other\n    match: other\n")
    shown = run("explain", "1").stdout
    assert "match      resorts\n  note   the rule is in no file any more; it said: (Witkoff OR Kushner" in shown
    alone = run("explain", "1", "--rule", "resorts").stdout
    assert "match      resorts\n  note   the rule is in no file any more" in alone
    assert "envoys" not in alone
    assert run("explain", "1", "--rule", "resort").exit_code == 2


def test_a_match_that_was_never_stored_says_why(run: Run, desk: Desk) -> None:
    desk.writing(lambda tx: None)
    desk.start()
    desk.receive(news("Ferry news"))
    desk.rules("rules:\n  - id: ferries\n    match: ferry\n", "ferries")
    shown = run("explain", "1").stdout
    assert "  note   no match is stored: no daemon has taken up this version of the rule yet\n" in shown
    desk.clock.advance(timedelta(hours=2))
    desk.start()
    shown = run("explain", "1").stdout
    assert (
        "  note   no match is stored: this version of the rule came after the article, at 2026-03-02 11:00\n" in shown
    )


def test_an_article_too_old_to_be_told_is_found_all_the_same(run: Run, desk: Desk) -> None:
    desk.start()
    old = replace(news("Witkoff speaks"), published=desk.clock() - timedelta(days=9))
    desk.receive(
        old, state=FateState.EXPIRED, reason="the article was 9 days old when first seen; the rule takes up to 7 days"
    )
    shown = run("explain", "1", "--rule", "envoys").stdout
    assert shown.split("\n\n")[1].startswith("match      envoys ")
    assert "  age    ✗ max_age: 7d" in shown
    assert "the article was 9 days old when it was first seen" in shown
    assert "← found, but not told" in shown


def test_a_source_that_a_rule_does_not_take_stops_it(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff speaks", feed="valley"))
    shown = run("explain", "1", "--rule", "envoys").stdout
    assert "no match   envoys" in shown
    assert re.search(r"where  ✗ sources: harbour +the article has valley, valley.example +← stops here", shown)


def test_json_has_the_same_in_one_object(run: Run, desk: Desk) -> None:
    desk.start()
    desk.receive(news("Witkoff visits resort"))
    desk.send("morning", BUSY, SENT)
    told = json.loads(run("explain", "1", "--json").stdout)
    assert (told["article"]["id"], told["article"]["title"]) == (1, "Witkoff visits resort")
    by_rule = {each["rule"]: each for each in told["rules"]}
    assert by_rule.keys() == {"envoys", "resorts"}
    assert by_rule["resorts"]["explanation"]["clauses"][0]["inside"][0]["text"] == "list envoys"
    (fate,) = by_rule["resorts"]["match"]["fates"]
    assert (fate["state"], fate["slot"]) == ("sent", "2026-03-02 08:00")
    assert [each["receipt"]["outcome"] for each in fate["deliveries"][0]["attempts"]] == ["retry", "sent"]
    assert told["others"] == 1


def test_of_very_many_rules_that_match_the_first_are_told_and_the_others_counted(run: Run, desk: Desk) -> None:
    desk.rules("rules:\n" + "".join(f"  - {{id: r{number}, match: ferry}}\n" for number in range(103)))
    shown = run("explain", "--text", "Ferry news").stdout
    assert shown.count("match      r") == 100
    assert "\n3 more match; --rule ID explains one of them.\n" in shown
    assert json.loads(run("explain", "--text", "Ferry news", "--json").stdout)["more"] == 3


def test_a_misspelt_rule_is_put_right(run: Run, desk: Desk) -> None:
    result = run("explain", "--rule", "envoy", "--text", "x")
    assert result.exit_code == 2
    assert "there is no rule 'envoy'; did you mean 'envoys'?" in result.stderr


def test_why_an_example_fails_can_be_asked(run: Run, desk: Desk) -> None:
    desk.rules(
        "rules:\n  - id: strike\n    match: ferry NEAR/2 strike\n    examples: {match: [Ferry one two three strike]}\n"
    )
    result = run("explain", "--rule", "strike", "--text", "Ferry one two three strike")
    assert (result.exit_code, "'Ferry' and 'strike' stand 3 words apart, at most 2" in result.stdout) == (0, True)
    told = "1 example fails, so these rules are not in force as they stand: presswatch check names them.\n"
    assert result.stderr == told


def test_rules_that_cannot_be_read_explain_nothing(run: Run, desk: Desk) -> None:
    desk.rules("rules:\n  - id: a\n    match: (x\n  - id: b\n    match: x\n    examples: {match: [y]}\n")
    result = run("explain", "--rule", "b", "--text", "x")
    assert (result.exit_code, "PW121" in result.stderr, "PW210" in result.stderr) == (78, True, True)


@pytest.mark.parametrize("arguments", [[], ["1", "--text", "x"], ["--text", " "]])
def test_it_says_what_it_needs(run: Run, desk: Desk, arguments: list[str]) -> None:
    assert run("explain", *arguments).exit_code == 2


def test_a_headline_is_told_from_an_address_that_is_not_there(run: Run, desk: Desk) -> None:
    hint = "To ask about a headline, write --text before it."
    assert hint in run("explain", "Witkoff in Kyiv").stderr
    assert hint not in run("explain", "https://harbour.example/nowhere").stderr
    assert hint not in run("explain", "99").stderr


def test_a_part_that_should_not_be_there_says_so_within_others(run: Run, desk: Desk) -> None:
    desk.rules("rules:\n  - id: a\n    match:\n      - all: [harbour]\n        none: [golf]\n")
    shown = run("explain", "--rule", "a", "--text", "Golf at the harbour").stdout
    assert re.search(r"✗ none: 'golf' +→ \[Golf\] at the harbour", shown)


def test_without_a_database_an_article_cannot_be_looked_up(run: Run, desk: Desk) -> None:
    (desk.folder / "presswatch.db").unlink()
    result = run("explain", "1")
    assert result.exit_code == 69
    assert "The database cannot be used" in result.stderr


def test_what_an_article_says_cannot_command_the_terminal(run: Run, desk: Desk) -> None:
    shown = run("explain", "--rule", "resorts", "--text", "Witkoff \x1b[2J resort").stdout
    assert "\x1b" not in shown
    assert run("explain", "--rule", "resorts", "--text", "Witkoff \udcff resort").exit_code == 0


def test_it_is_told_whether_the_page_of_an_article_was_read(run: Run, desk: Desk) -> None:
    desk.start()
    article = news("Ferry news")
    desk.receive(article)

    def claimed(tx: Tx) -> pages.Claim:
        pages.queue(tx, {1: (article, Wish("a rule wants it"))}, changed=[1])
        (claim,) = pages.claim(tx, 1, timedelta(minutes=1))
        return claim

    desk.writing(claimed)
    assert "\npage       is still to be read: more text could make a rule match\n" in run("explain", "1").stdout
    desk.writing(lambda tx: pages.fail(tx, claimed(tx), "the page answered 403"))
    assert "\npage       summary only: the page answered 403\n" in run("explain", "1").stdout
    desk.writing(lambda tx: pages.read(tx, claimed(tx), "Ferry news, and all of it."))
    assert "\npage       was read, and is the text that rules see\n" in run("explain", "1").stdout
    told = json.loads(run("explain", "1", "--json").stdout)["article"]
    assert (told["page"], told["page_why"], told["body"]) == ("read", "", "Ferry news, and all of it.")


def test_it_is_told_of_which_article_one_is_a_copy_and_why(run: Run, desk: Desk) -> None:
    desk.start()
    text = "Rescuers searched the strait all night after the ferry went down in heavy seas with two hundred people aboard, and said at dawn"
    told = {"harbour": f"{text} that most were safe.", "valley": f"{text} that nearly all of them are safe now."}
    for title, feed in (("Ferry sinks in the strait", "harbour"), ("Most are safe after ferry sinks", "valley")):
        desk.receive(made(Entry(title, url=f"https://{feed}.example/1", summary=told[feed]), feed, desk.clock()))
    assert "\nstory      1, with 1 other copy, of which this is the first\n" in run("explain", "1").stdout
    why = "the texts share so many words in a row that one is a copy of the other"
    assert re.search(
        rf"\nstory      1, with 1 other copy\n {{11}}a copy of article 1 of harbour: {why} \(\d\d% of the pairs of words\)\n",
        run("explain", "2").stdout,
    )
    copy = json.loads(run("explain", "2", "--json").stdout)["article"]["copy"]
    assert (copy["of"], copy["outlet"], copy["title"], copy["why"]) == (1, "harbour", "Ferry sinks in the strait", why)
    assert json.loads(run("explain", "1", "--json").stdout)["article"]["copy"] is None
