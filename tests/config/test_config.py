"""A configuration becomes what the parts of the daemon are built with."""

from datetime import timedelta
from pathlib import Path

from monitor.channels.settings import (
    AppriseSettings,
    AtomSettings,
    EmailSettings,
    OutboxSettings,
    SlackSettings,
    WebhookSettings,
)
from monitor.core.digest import DigestSpec, Empty, Order, Rate, Schedule
from monitor.core.model import Feed, Retention
from monitor.secret import Secret
from tests.config.conftest import Load


def test_a_feed_has_everything_that_is_said_of_it(loaded: Load) -> None:
    config = loaded(
        '[fetch]\nmax_every = "2h"\n'
        '[[feeds]]\nid = "kyiv"\nurl = "https://example.org/rss"\ntitle = "Kyiv"\ntags = ["ukraine", "україна"]\nevery = "5m"\n'
        'weight = 3\nauth = { user = "me", password = { env = "P" } }\n'
        'headers = { "Accept-Language" = "uk", "X-Api-Key" = { env = "K" } }\nallow_private = true\n'
        '[[feeds]]\nid = "plain"\nurl = "https://example.org/plain"\n',
        {"P": "secret-1", "K": "secret-2"},
    )
    assert config.feeds()[0] == Feed(
        "kyiv", "https://example.org/rss", "Kyiv", ("ukraine", "україна"), 3, timedelta(minutes=5), timedelta(hours=2)
    )
    access = config.accesses()["kyiv"]
    assert access.headers == {"Accept-Language": "uk", "X-Api-Key": "secret-2"}
    assert access.auth == ("me", Secret("secret-1"))
    assert access.allow_private
    assert "secret" not in repr(access)
    assert "plain" not in config.accesses()


def test_private_addresses_can_be_allowed_to_all_feeds(loaded: Load) -> None:
    config = loaded(
        '[fetch]\nallow_private = true\n[[feeds]]\nid = "a"\nurl = "http://10.0.0.1/"\nheaders = { X = "1" }\n'
    )
    assert config.accesses()["a"].allow_private


def test_the_instant_digest_is_there_and_can_be_changed(loaded: Load) -> None:
    (instant,) = loaded("").digests()
    assert instant == DigestSpec(
        "instant", ("outbox",), wait=timedelta(seconds=30), max_rate=Rate(20, timedelta(hours=1))
    )
    (changed,) = loaded('[digests.instant]\nwait = "0s"\nmax_rate = "3/m"\n').digests()
    assert (changed.wait, changed.max_rate) == (timedelta(0), Rate(3, timedelta(minutes=1)))


def test_another_digest_with_wait_is_instant_too(loaded: Load) -> None:
    (urgent,) = loaded('[digests.urgent]\nwait = "0s"\n').digests()
    assert urgent.instant
    assert urgent.wait == timedelta(0)
    assert urgent.max_rate == Rate(20, timedelta(hours=1))


def test_the_built_in_digest_is_there_only_where_none_is_written(loaded: Load) -> None:
    """What waited for a digest that was renamed would go to the built-in one, and so into a folder that nobody reads."""
    assert [each.id for each in loaded('[digests.morning]\nat = "07:00"\n').digests()] == ["morning"]


def test_a_scheduled_digest_has_everything_that_is_said_of_it(loaded: Load) -> None:
    text = (
        '[service]\ntimezone = "Europe/Vienna"\n[digests.morning]\ntitle = "Früh"\nto = ["outbox"]\nat = "07:30"\ndays = "mon-fri"\n'
        'empty = "send"\norder = "time"\nmax_items = 10\ntemplate = "brief"\n'
        '[digests.evening]\ncron = "0 18 * * 0"\ntimezone = "Asia/Tokyo"\n'
    )
    found = {each.id: each for each in loaded(text).digests()}
    assert found["morning"] == DigestSpec(
        "morning", ("outbox",), "Früh", Schedule.at("07:30", "mon-fri"), timedelta(0), "Europe/Vienna", Empty.SEND, Order.TIME,
        10, None, "brief",
    )  # fmt: skip
    assert (found["evening"].zone, found["evening"].schedule) == ("Asia/Tokyo", Schedule("0 18 * * 0"))


def test_channels_become_their_settings(loaded: Load, tmp_path: Path) -> None:
    config = loaded(
        '[channels.desk]\ntype = "email"\nfrom = "Desk <desk@example.org>"\nto = ["a@example.org", "b@example.org"]\n'
        'smtp = { host = "mail.example.org", port = 465, tls = "tls", user = "u", password = { env = "P" } }\n'
        '[channels.hook]\ntype = "slack"\nwebhook = { env = "W" }\nallow_private = true\n'
        '[channels.bot]\ntype = "slack"\ntoken = { env = "T" }\nchannel = "C1"\napi = "https://slack-gov.com/api"\n'
        '[channels.archive]\ntype = "webhook"\nurl = { env = "U" }\nsecret = { env = "S" }\nallow_private = true\ndeadline = "1m"\n'
        '[channels.reader]\ntype = "atom"\n[channels.feeds]\ntype = "atom"\npath = "web"\nper_rule = true\nentries = 50\n'
        '[channels.phone]\ntype = "apprise"\nurl = { env = "A" }\n'
        '[channels.files]\ntype = "outbox"\npath = "elsewhere"\n',
        {
            "P": "secret-1",
            "W": "https://hooks.example.org/x",
            "T": "xoxb-1",
            "U": "http://10.0.0.9/in",
            "S": "k" * 32,
            "A": "ntfy://topic",
        },
    )
    assert config.channels() == {
        "desk": EmailSettings(
            "mail.example.org", "Desk <desk@example.org>", ("a@example.org", "b@example.org"), 465, "tls", "u", Secret("secret-1")
        ),
        "hook": SlackSettings(webhook=Secret("https://hooks.example.org/x"), allow_private=True),
        "bot": SlackSettings(token=Secret("xoxb-1"), channel="C1", api="https://slack-gov.com/api"),
        "archive": WebhookSettings(Secret("http://10.0.0.9/in"), Secret("k" * 32), allow_private=True, deadline=60),
        "reader": AtomSettings(tmp_path / "data" / "feeds" / "reader"),
        "feeds": AtomSettings(tmp_path / "web", per_rule=True, entries=50),
        "phone": AppriseSettings(Secret("ntfy://topic")),
        "files": OutboxSettings(tmp_path / "elsewhere"),
        "outbox": OutboxSettings(tmp_path / "data" / "outbox"),
    }  # fmt: skip


def test_the_folders_of_feeds_are_known_by_their_channels(loaded: Load, tmp_path: Path) -> None:
    config = loaded('[channels.reader]\ntype = "atom"\n[channels.feeds]\ntype = "atom"\npath = "web"\n')
    assert config.feed_folders() == {"reader": tmp_path / "data" / "feeds" / "reader", "feeds": tmp_path / "web"}


def test_the_database_is_a_file_in_the_data_directory_unless_said_otherwise(loaded: Load, tmp_path: Path) -> None:
    assert loaded("").database_url == f"sqlite:///{tmp_path}/data/presswatch.db"
    assert loaded('[service]\ndata_dir = "/srv/watch"\n').database_url == "sqlite:////srv/watch/presswatch.db"
    assert loaded('[database]\nurl = "sqlite:///x.db"\n').database_url == f"sqlite:///{tmp_path}/x.db"
    assert loaded('[database]\nurl = "sqlite:////srv/x.db"\n').database_url == "sqlite:////srv/x.db"
    assert loaded('[database]\nurl = "postgresql://watch@db/watch"\n').database_url == "postgresql://watch@db/watch"
    assert (
        loaded('[database]\nurl = { env = "D" }\n', {"D": "postgresql://u:p@db/x"}).database_url
        == "postgresql://u:p@db/x"
    )


def test_retention_is_in_the_words_of_the_store(loaded: Load) -> None:
    assert loaded("").retention() == Retention()
    found = loaded('[database]\nretention = { articles = "30d" }\n').retention()
    assert found == Retention(articles=timedelta(days=30))


def test_a_rule_file_may_end_in_either_way_to_write_yaml(loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    for name in ("a.yml", "b.yaml", "c.yaml.bak", "rules.schema.json"):
        (tmp_path / "desk" / name).touch()
    rules = '[service]\nrules = ["desk/*.yaml"]\n'
    assert [each.name for each in loaded(rules).rule_files] == ["a.yml", "b.yaml"]
    (tmp_path / "desk/b.yaml").unlink()
    assert [each for each in loaded(rules).warnings if each.code == "PW441"] == []


def test_rule_files_are_found_by_globs_below_the_file_each_once(loaded: Load, tmp_path: Path) -> None:
    for name in ("rules/a.yaml", "rules/deep/b.yaml", "rules/.a.yaml.swp", "rules/c.txt", "elsewhere/d.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert loaded("").rule_files == [tmp_path / "rules/a.yaml", tmp_path / "rules/deep/b.yaml"]
    text = f'[service]\nrules = ["{tmp_path}/elsewhere/*.yaml", "rules/a.yaml", "rules/*.yaml"]\n'
    assert loaded(text).rule_files == [tmp_path / "elsewhere/d.yaml", tmp_path / "rules/a.yaml"]
    assert loaded("").template_folders == (tmp_path / "templates",)
