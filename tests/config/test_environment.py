"""Any key can be given by the environment, and a mistake there is told with the variable's name."""

from datetime import timedelta

import pytest

from tests.config.conftest import Faults, Load


def test_a_variable_goes_over_the_file(loaded: Load) -> None:
    config = loaded('[fetch]\nevery = "1h"\n', {"PRESSWATCH__FETCH__EVERY": "5m"})
    assert config.settings.fetch.every == timedelta(minutes=5)
    assert config.written.origin(("fetch", "every")) == "$PRESSWATCH__FETCH__EVERY"


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("PRESSWATCH__FETCH__CONCURRENCY", "8", ("fetch", "concurrency"), 8),
        ("PRESSWATCH__FETCH__ALLOW_PRIVATE", "true", ("fetch", "allow_private"), True),
        ("PRESSWATCH__SERVICE__RULES", '["a.yaml", "b.yaml"]', ("service", "rules"), ("a.yaml", "b.yaml")),
        ("PRESSWATCH__SERVICE__TIMEZONE", "Europe/Vienna", ("service", "timezone"), "Europe/Vienna"),
        ("PRESSWATCH__SERVICE__DATA_DIR", "/data", ("service", "data_dir"), "/data"),
        ("PRESSWATCH__WEB__LISTEN", "", ("web", "listen"), ""),
        ("PRESSWATCH__FETCH__USER_AGENT", '"42"', ("fetch", "user_agent"), "42"),
        ("PRESSWATCH__FETCH__USER_AGENT", "desk\nevery = 1", ("fetch", "user_agent"), None),
    ],
)
def test_values_are_read_as_toml_where_they_are_toml_else_as_text(
    loaded: Load, faults: Faults, name: str, text: str, path: tuple[str, str], value: object
) -> None:
    if value is None:
        assert [each.path for each in faults("", {name: text})] == [f"${name}"]
        return
    settings = loaded("", {name: text}).settings
    assert getattr(getattr(settings, path[0]), path[1]) == value


def test_names_with_dashes_are_reached_with_underscores(loaded: Load) -> None:
    text = '[channels.war-room]\ntype = "slack"\ntoken = { env = "T" }\nchannel = "C1"\n'
    config = loaded(text, {"PRESSWATCH__CHANNELS__WAR_ROOM__CHANNEL": "C2", "T": "xoxb-1"})
    assert list(config.settings.channels) == ["war-room", "outbox"]
    assert config.settings.channels["war-room"].model_dump()["channel"] == "C2"


def test_a_whole_configuration_can_come_from_the_environment(loaded: Load) -> None:
    config = loaded("", {"PRESSWATCH__FEEDS": '[{ url = "https://example.org/rss", id = "a" }]'})
    assert [each.id for each in config.feeds()] == ["a"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("PRESSWATCH__FETCH__EVRY", "5m", "PW110"),
        ("PRESSWATCH__FETCH__EVERY", "soon", "PW143"),
        ("PRESSWATCH__NOWHERE__AT__ALL", "1", "PW110"),
        ("PRESSWATCH__FETCH__EVERY__AGAIN", "1", "PW143"),
        ("PRESSWATCH__FEEDS__0__URL", "https://example.org/", "PW143"),
        ("PRESSWATCH__", "1", "PW143"),
        ("PRESSWATCH__CHANNELS__DESK", "opensesame", "PW143"),
        ("PRESSWATCH__WEB__LISTEN", "0.0.0.0:80", "PW140"),
    ],
)
def test_a_fault_of_a_variable_names_the_variable(faults: Faults, name: str, text: str, code: str) -> None:
    (told,) = faults('[fetch]\nevery = "1m"\n', {name: text})
    assert (told.path, told.code, told.line) == (f"${name}", code, 0)


def test_other_variables_of_presswatch_are_left_alone(loaded: Load) -> None:
    loaded("", {"PRESSWATCH_CONFIG": "x", "PRESSWATCH_": "y", "presswatch__log__level": "loud"})
