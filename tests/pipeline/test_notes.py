"""Messages of a few plain lines."""

from monitor.pipeline.notes import note


def test_a_note_is_a_page_of_its_own_looks_that_begins_with_the_first_line() -> None:
    page = note("Presswatch cannot deliver", ["Channel <desk> is paused.", "Try `presswatch status`."]).html
    assert "<title>Presswatch cannot deliver</title>" in page
    assert '<h1 class="first" dir="auto">Channel &lt;desk&gt; is paused.</h1>' in page
    assert "Try <code>presswatch status</code>." in page
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page


def test_a_note_says_the_same_in_text_and_in_slack() -> None:
    told = note("Silent", ["Ferries: nothing for 1 d.", "Nothing was read."])
    ((block),) = told.slack
    assert told.text == "Ferries: nothing for 1 d.\n\nNothing was read.\n"
    assert block["text"] == {"type": "plain_text", "emoji": False, "text": told.text}
