"""`config show` shows what is in force, where it comes from, and no secret."""

from monitor.config.showing import shown
from tests.config.conftest import Load

TEXT = """
[fetch]
every = "90s"
max_size = "2MB"
[[feeds]]
id = "a"
url = "https://example.org/rss"
auth = { user = "me", password = { env = "P" } }
headers = { "Accept-Language" = "uk", Cookie = { env = "P" } }
[channels.room]
type = "slack"
webhook = { env = "P" }
[digests.instant]
max_rate = "1/m"
"""


def test_every_value_has_its_origin(loaded: Load) -> None:
    values = shown(loaded(TEXT, {"P": "canary", "PRESSWATCH__LOG__LEVEL": "debug"}))
    found = {(each.table, each.key): (each.value, each.origin.rpartition("/")[2]) for each in values}
    assert found["[fetch]", "every"] == ('"90s"', "config.toml:3")
    assert found["[fetch]", "max_size"] == ('"2MB"', "config.toml:4")
    assert found["[fetch]", "per_host"] == ("2", "default")
    assert found["[log]", "level"] == ('"debug"', "$PRESSWATCH__LOG__LEVEL")
    assert found["[database]", "retention.articles"] == ('"180d"', "default")
    assert found["[[feeds]]", "headers.Accept-Language"] == ('"uk"', "config.toml:9")
    assert found["[digests.instant]", "max_rate"] == ('"1/m"', "config.toml:14")
    assert found["[digests.instant]", "wait"] == ('"30s"', "default")
    assert found["[channels.outbox]", "type"] == ('"outbox"', "default")


def test_secrets_are_starred(loaded: Load) -> None:
    values = shown(loaded(TEXT, {"P": "canary"}))
    starred = [each.key for each in values if each.value == '"***"']
    assert starred == ["auth.password", "headers.Cookie", "webhook"]
    assert "canary" not in repr(values)
