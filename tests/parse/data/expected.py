"""What the documents beside this file say, field by field."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = {
    "rss.xml": ParsedFeed(
        format="rss",
        title="The Harbour & Tide",
        link="https://harbour.example/",
        language="en-gb",
        entries=(
            Entry(
                title="Ferry line & port agree on night sailings",
                guid="harbour-1001",
                url="https://harbour.example/news/2026/night-sailings?utm_source=rss",
                summary="Boats will leave at two.\n\nCrews were asked.",
                body="Boats will leave at two, the port said.\n\nLine A\n\nLine B",
                author="Ada Moor",
                language="en-gb",
                tags=("Shipping", "Night traffic"),
                published=datetime(2026, 3, 2, 7, 15, tzinfo=UTC),
            ),
            Entry(
                title="Water 3 < 4 degrees",
                guid="https://harbour.example/news/2026/cold-water",
                url="https://harbour.example/news/2026/cold-water",
                summary="Plain words, no markup & an ampersand.",
                author="Night desk",
                language="en-gb",
            ),
            Entry(title="A link nobody should follow", language="en-gb"),
        ),
    ),
    "rdf.xml": ParsedFeed(
        format="rdf",
        title="Talblatt",
        link="https://talblatt.example/",
        language="de",
        entries=(
            Entry(
                title="Brücke über die Aue wieder offen",
                guid="https://talblatt.example/a/7",
                url="https://talblatt.example/a/7",
                summary="Nach drei Wochen Sperre fahren wieder Busse.",
                author="Jörg Feld",
                language="de",
                tags=("Verkehr",),
                updated=datetime(2026, 3, 2, 6, 45, tzinfo=UTC),
            ),
        ),
    ),
    "atom.xml": ParsedFeed(
        format="atom",
        title="Вежа",
        link="https://vezha.example/",
        language="uk",
        entries=(
            Entry(
                title="Міст <Південний> &amp; порт",
                guid="urn:vezha:1",
                url="https://vezha.example/stories/bridge",
                summary="Рух відновлено.",
                body="Рух мостом відновлено.\n\nПорт працює.",
                author="Олена Берег, Tom Reed",
                language="uk",
                tags=("Транспорт",),
                published=datetime(2026, 3, 2, 6, 30, tzinfo=UTC),
                updated=datetime(2026, 3, 2, 7, tzinfo=UTC),
            ),
            Entry(
                title="A short note",
                guid="urn:vezha:2",
                url="https://vezha.example/note.mp3",
                summary="One line & no more.",
                language="en",
                updated=datetime(2026, 3, 1, 23, tzinfo=UTC),
            ),
        ),
    ),
    "feed.json": ParsedFeed(
        format="json",
        title="Field Notes",
        link="https://notes.example/",
        language="en-us",
        entries=(
            Entry(
                title="Orchard fair returns",
                guid="41",
                url="https://feeds.example/n/41",
                summary="The fair is back.",
                body="The fair is back.\n\nIt opens on Friday.",
                author="Ida Plum, Sam Quince",
                language="en-us",
                tags=("Fairs", "Fruit"),
                published=datetime(2026, 3, 2, 8, tzinfo=UTC),
                updated=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
            ),
            Entry(
                title="",
                guid="note-42",
                url="https://elsewhere.example/story",
                summary="Only text here.\n\nIn two paragraphs, 1 < 2.",
                author="The desk",
                language="pt-br",
            ),
        ),
    ),
}
