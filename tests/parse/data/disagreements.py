"""Where we read something else than another reader's test suite expects, and why: (document, field) to the reason."""

SORTED = "the suite expects entries in order of date; we keep the document's order, and sort articles by date when they are stored"
NESTED = "an entry inside an element of a foreign namespace is an entry to us; none of it may be lost"
HTML = "where text and HTML differ we take the HTML, which is what readers of the page see; suites differ in which they prefer"
XHTML = "the title is closed by the end of another element; where a title ends is then anybody's guess"
NOTITLE = "a feed without a title has none; people see its id, which says more than an address"
RDF = "an item that says which page it is about leads there, not to the front page of its site"
LOCATION = "relative links count from where the document came from, not from where one of its headers says that it did"

DISAGREEMENTS: dict[tuple[str, str], str] = {
    ("simplepie__tests__Unit__ItemTest.php_getTitle_8.xml", "title"): SORTED,
    ("simplepie__tests__Unit__ItemTest.php_getTitle_21.xml", "title"): NESTED,
    (
        "v2__internal__reader__json__parser_test.go_TestParseItemWithMissingTitleUsesContentTextFallback.json",
        "title",
    ): HTML,
    ("gofeed__testdata__parser__atom__atom10_feed_title_xhtml_escaped_markup.xml", "title"): XHTML,
    ("gofeed__testdata__parser__atom__atom10_feed_title_xhtml_inline_markup.xml", "title"): XHTML,
    ("v2__internal__reader__atom__atom_03_test.go_TestParseAtom03WithoutFeedTitle.xml", "title"): NOTITLE,
    ("v2__internal__reader__atom__atom_10_test.go_TestParseFeedWithoutTitle.xml", "title"): NOTITLE,
    ("v2__internal__reader__json__parser_test.go_TestParseFeedWithoutTitle.json", "title"): NOTITLE,
    ("v2__internal__reader__rdf__parser_test.go_TestParseRDFFeedWithEmptyTitle.xml", "title"): NOTITLE,
    ("v2__internal__reader__rss__parser_test.go_TestParseFeedWithoutTitle.xml", "title"): NOTITLE,
    ("v2__internal__reader__rdf__parser_test.go_TestParseItemWithoutLink.xml", "link"): RDF,
    ("feedparser__tests__wellformed__http__headers_content_location-unsafe.xml", "link"): LOCATION,
}
