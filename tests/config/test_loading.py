"""A configuration is loaded whole or not at all, and every fault of it is told at once, where it stands."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.config.urls import feed_name
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import ConfigurationError
from tests.config.conftest import Faults, Load

FEED = '[[feeds]]\nurl = "https://example.org/rss"\n'


def places(diagnostics: list[Diagnostic]) -> list[tuple[str, int, int]]:
    return [(each.code, each.line, each.column) for each in diagnostics]


def test_one_feed_with_an_address_is_a_whole_configuration(loaded: Load, tmp_path: Path) -> None:
    config = loaded(FEED)
    (feed,) = config.feeds()
    assert (feed.id, feed.url) == ("example-org-rss", "https://example.org/rss")
    assert (feed.every, feed.max_every) == (timedelta(minutes=10), timedelta(hours=6))
    assert list(config.channels()) == ["outbox"]
    assert [each.id for each in config.digests()] == ["instant"]
    assert config.data_dir == tmp_path / "data"
    assert config.warnings == ()


def test_an_empty_file_is_a_configuration_too(loaded: Load) -> None:
    assert loaded("").feeds() == []


def test_a_feed_without_an_id_keeps_its_name_for_as_long_as_its_address() -> None:
    long = "https://www.example.org/" + "section/" * 20
    assert feed_name("https://www.Example.org/World/rss.xml?edition=uk") == "example-org-world-rss-xml-edition-uk"
    assert feed_name("file:///srv/feeds/a.xml") == "srv-feeds-a-xml"
    assert len(feed_name(long)) <= 64
    assert feed_name(long) != feed_name(long + "x")
    assert feed_name("https://日本/") == "feed"


def test_faults_come_in_the_order_of_the_lines(faults: Faults) -> None:
    told = faults('[log]\nlevel = "x"\n[web]\nlisten = 3\n[fetch]\nevery = 1\n')
    assert [each.line for each in told] == [2, 4, 6]


def test_a_file_that_is_not_toml_is_placed(faults: Faults) -> None:
    (told,) = faults("[service]\ntimezone = Europe/Vienna\n")
    assert (told.code, told.line, told.context) == ("PW142", 2, "timezone = Europe/Vienna")
    assert told.message == "not TOML: invalid value"
    assert told.hint.startswith("text values stand in quotes")


def test_a_file_that_ends_too_early_is_placed_at_its_end(faults: Faults) -> None:
    (told,) = faults('[service]\nrules = ["a",\n\n')
    assert (told.code, told.line) == ("PW142", 2)


def test_a_broken_line_with_a_secret_is_not_shown(faults: Faults) -> None:
    (told,) = faults('[channels.a]\nsmtp = { password = "opensesame }\n')
    assert told.code == "PW142"
    assert "opensesame" not in str(told) + told.context


@pytest.mark.parametrize("opening", ["[", "{a="])
def test_nesting_without_end_is_a_fault_like_any_other(faults: Faults, opening: str) -> None:
    (told,) = faults("a = " + opening * 20_000)
    assert told.code == "PW142"


def test_windows_line_ends_and_a_byte_order_mark_are_read_over(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf[fetch]\r\nevry = 1\r\n")
    with pytest.raises(ConfigurationError) as caught:
        load(file, {})
    (told,) = caught.value.diagnostics
    assert (told.line, told.column, told.end_column, told.context) == (2, 1, 5, "evry = 1")


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"a = '\xff'\n", "PW142", "the file is not UTF-8 text"),
        (b"#" * (4 * 2**20 + 1), "PW141", "the file is larger than 4 MiB"),
        (None, "PW141", "the file cannot be read: no such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, content: bytes | None, code: str, message: str) -> None:
    file = tmp_path / "config.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load(file, {})
    (told,) = caught.value.diagnostics
    assert (told.code, told.message, told.path) == (code, message, str(file))


# --- included files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def more(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds.d"
    folder.mkdir()
    return folder


WEBHOOK = '[channels.a]\ntype = "webhook"\nurl = { env = "U" }\nsecret = { env = "S" }\n'
INCLUDING = '[service]\ninclude = ["feeds.d/*.toml"]\n'


def test_feeds_of_included_files_come_after_those_of_the_file(loaded: Load, more: Path) -> None:
    (more / "b.toml").write_text('[[feeds]]\nid = "b"\nurl = "https://example.org/b"\n')
    (more / "a.toml").write_text('[[feeds]]\nid = "a"\nurl = "https://example.org/a"\n')
    (more / ".hidden.toml").write_text("not toml")
    config = loaded(INCLUDING + FEED)
    assert [each.id for each in config.feeds()] == ["example-org-rss", "a", "b"]


def test_a_fault_in_an_included_file_is_placed_in_that_file(faults: Faults, more: Path) -> None:
    (more / "a.toml").write_text('[[feeds]]\nurl = "https://example.org/a"\n')
    (more / "b.toml").write_text('[[feeds]]\nurl = "https://example.org/b"\n\n[[feeds]]\nurll = "x"\n')
    told = faults(INCLUDING + FEED)
    assert {(each.path, each.code, each.line) for each in told} == {
        (str(more / "b.toml"), "PW144", 4),
        (str(more / "b.toml"), "PW110", 5),
    }


def test_an_included_file_holds_feeds_only_and_a_broken_one_hides_no_other_fault(faults: Faults, more: Path) -> None:
    (more / "a.toml").write_text("[fetch]\nevery = '1m'\n")
    (more / "b.toml").write_text("[[feeds\n")
    told = faults(INCLUDING + "[log]\nlevel = 1\n")
    assert [(Path(each.path).name, each.code) for each in told] == [
        ("config.toml", "PW143"),
        ("a.toml", "PW110"),
        ("b.toml", "PW142"),
    ]


def test_one_id_in_two_files_is_named_in_the_second(faults: Faults, more: Path) -> None:
    (more / "a.toml").write_text(FEED)
    (told,) = faults(INCLUDING + FEED)
    assert (told.code, told.path, told.line) == ("PW147", str(more / "a.toml"), 2)


def test_globs_that_match_no_file_are_warned_of(loaded: Load, tmp_path: Path) -> None:
    config = loaded('[service]\nrules = ["rules/*.yaml", "more/*.yaml"]\ninclude = ["feeds.d/*"]\n')
    assert [(each.code, each.severity, each.line, each.column) for each in config.warnings] == [
        ("PW441", Severity.WARNING, 2, 26),
        ("PW441", Severity.WARNING, 3, 12),
    ]
    (tmp_path / "rules/a.yaml").unlink()
    (default,) = loaded("").warnings
    assert (default.path, default.line) == (str(tmp_path / "config.toml"), 0)


# --- what has to agree --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('[digests.a]\nto = ["dsk"]\nat = "07:00"\n[channels.desk]\ntype = "outbox"\n', "PW145", 2, 7),
        ('[digests.a]\nat = "07:00"\ncron = "0 7 * * *"\n', "PW146", 3, 1),
        ("[digests.a]\n", "PW144", 1, 10),
        ('[digests.a]\nat = "07:00"\nwait = "5m"\n', "PW146", 3, 1),
        ('[digests.a]\nat = "07:00"\nmax_rate = "1/h"\n', "PW146", 3, 1),
        ('[digests.instant]\nempty = "send"\n', "PW146", 2, 1),
        ('[service]\noperators = "opps"\n', "PW145", 2, 13),
        ('[digests.a]\ncron = "0 25 * * *"\n', "PW149", 2, 11),
        ('[digests.a]\ncron = "0 7 * *"\n', "PW149", 2, 8),
        ('[digests.a]\ncron = "0 7 31 4,6 *"\n', "PW149", 2, 8),
        ('[digests.a]\nat = "24:00"\n', "PW149", 2, 6),
        ('[quiet_hours.a]\nfrom = "24:00"\nto = "06:00"\n', "PW149", 2, 8),
        ('[quiet_hours.a]\nfrom = "22:00"\nto = "6"\n', "PW149", 3, 6),
        ('[quiet_hours.a]\nfrom = "22:00"\nto = "06:00"\ndays = "mo"\n', "PW149", 4, 8),
        ('[quiet_hours.a]\nfrom = "22:00"\nto = "22:00"\n', "PW146", 3, 6),
        ('[digests.a]\nat = "07:00"\ndays = "mo"\n', "PW149", 3, 8),
        ('[digests.a]\nat = "07:00"\ntimezone = "Mars"\n', "PW148", 3, 12),
        ('[fetch]\nmax_every = "1h"\nevery = "2h"\n', "PW146", 3, 9),
        ('[[feeds]]\nurl = "https://example.org/"\nevery = "7h"\n', "PW146", 3, 9),
        ('[database]\nurl = "mysql://db/x"\n', "PW143", 2, 7),
        ('[database]\nurl = "postgresql://db/x?password=opensesame"\n', "PW150", 2, 7),
        ('[web]\nlisten = "0.0.0.0:8080"\n', "PW140", 2, 10),
        ('[web]\nlisten = "[::]:8080"\nallow_remote = false\n', "PW140", 2, 10),
        ('[web]\nbase_url = "https://käse.example"\n', "PW143", 2, 12),
        ('[web]\nbase_url = "news.example"\n', "PW143", 2, 12),
        ('[web]\nlisten = "example.org:80"\n', "PW143", 2, 10),
        ('[web]\nlisten = "127.0.0.1:65536"\n', "PW143", 2, 10),
        ('[channels.a]\ntype = "slack"\n', "PW144", 1, 11),
        ('[channels.a]\ntype = "slack"\nchannel = "C1"\n', "PW144", 1, 11),
        ('[channels.a]\ntype = "outbox"\nwebhook = "x"\n', "PW110", 3, 1),
        ('[channels.a]\ntype = "webhook"\nurl = { file = "f" }\n', "PW144", 1, 11),
        ('[channels.a]\ntype = "webhook"\nsecret = { file = "f" }\n', "PW144", 1, 11),
        (f'{WEBHOOK}deadline = "2m"\n', "PW143", 5, 12),
        (f"{WEBHOOK}allow_private = 1\n", "PW143", 5, 17),
        (f"{WEBHOOK}webhook = 1\n", "PW110", 5, 1),
        ('[channels.a]\ntype = "atom"\nentries = 0\n', "PW143", 3, 11),
        ('[channels.a]\ntype = "atom"\npath = "x"\n[channels.b]\ntype = "atom"\npath = "x/"\n', "PW146", 6, 8),
    ],
)
def test_what_does_not_agree_is_told_where_it_stands(
    faults: Faults, text: str, code: str, line: int, column: int
) -> None:
    assert places(faults(text)) == [(code, line, column)]
    assert "opensesame" not in faults(text)[0].context


def test_a_password_is_not_sent_over_an_open_line(faults: Faults) -> None:
    smtp = '{ host = "localhost", tls = "none", user = "u", password = { env = "P" } }'
    (told,) = faults(
        f'[channels.a]\ntype = "email"\nfrom = "a@example.org"\nto = ["b@example.org"]\nsmtp = {smtp}\n', {"P": "x"}
    )
    assert (told.code, told.line) == ("PW146", 5)


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "[::1]:8080", "localhost:8080", "127.1.2.3:0"])
def test_the_own_machine_may_always_listen(loaded: Load, listen: str) -> None:
    assert loaded(f'[web]\nlisten = "{listen}"\n').listen is not None


def test_others_may_read_the_figures_where_that_is_said(loaded: Load) -> None:
    assert loaded('[web]\nlisten = "0.0.0.0:80"\nallow_remote = true\n').listen == ("0.0.0.0", 80)
    assert loaded('[web]\nlisten = ""\n').listen is None


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org:port/",
        "https:///path",
        "https://exa mple.org/",
        "ftp://example.org/",
        "https://user:opensesame@example.org/",
        "https://[::1/",
        "example.org/rss",
        "",
    ],
)
def test_what_is_no_address_of_a_feed_is_refused(faults: Faults, url: str) -> None:
    (told,) = faults(f'[[feeds]]\nid = "a"\nurl = "{url}"\n')
    assert (told.code, told.line, told.column) == ("PW143", 3, 7)
    assert "opensesame" not in told.context


@pytest.mark.parametrize(
    "text",
    [
        "feeds = 3\n",
        "feeds = [3]\n",
        "[feeds]\nurl = 1\n",
        "channels = []\ndigests = 1\nfetch = 'x'\nservice = [1]\nweb = 1\ndatabase = 2\n",
        "[channels]\na = 1\n[digests]\nb = 2\n",
        "[digests.a]\nto = 'desk'\nat = 700\ncron = 1979-05-27\ndays = [1]\n",
        "[[feeds]]\nurl = ['x']\nid = 3\nheaders = 'x'\nauth = 1\nevery = true\n",
        "[service]\ninclude = 'feeds.d/*'\nrules = [1]\n",
        "[channels.a]\ntype = 1\n[channels.b]\ntype = 'slack'\nwebhook = 1\ntoken = []\nsmtp = 2\n",
        "[database]\nurl = 1\nretention = 2\n[web]\nlisten = 1\n",
    ],
)
def test_values_of_quite_another_kind_are_faults_in_plain_words(faults: Faults, text: str) -> None:
    told = faults(text)
    assert all(each.line and each.code.startswith("PW1") for each in told)
    assert not [each.message for each in told if "input" in each.message.lower() or "valid" in each.message]
