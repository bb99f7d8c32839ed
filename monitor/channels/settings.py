"""What each kind of channel is made with: read from config.toml without the code, and the libraries, that send."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from monitor.secret import Secret

MAIL_DEADLINE = 60.0  # seconds for a whole attempt
SLACK_DEADLINE = 15.0  # seconds for one exchange
WEBHOOK_DEADLINE = 15.0  # the same; Standard Webhooks recommends 15 to 30
APPRISE_DEADLINE = 30.0  # for a message, with all that Apprise does for it
APPRISE_HINT = "pip install 'presswatch[apprise]' adds it"
ENTRIES = 200  # of an Atom feed
GAP = 1.0  # seconds between two messages to one channel (api.slack.com/docs/rate-limits: one per second)


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """An e-mail channel. `sender` and `recipients` are addresses with or without a name; `deadline` is in seconds.

    `tls`: "starttls" (required, never skipped), "tls" (from the first byte) or "none".
    """

    host: str
    sender: str
    recipients: tuple[str, ...]
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Secret | None = None
    deadline: float = MAIL_DEADLINE


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """A Slack channel: a webhook, or a bot token and the channel's id (its name will do, but then no repeat is recognised).

    `deadline` and `gap` are in seconds; `api` is the root of the Web API (GovSlack has another one).
    """

    webhook: Secret | None = None
    token: Secret | None = None
    channel: str = ""
    api: str = "https://slack.com/api"
    allow_private: bool = False
    deadline: float = SLACK_DEADLINE
    gap: float = GAP

    def __post_init__(self) -> None:
        """Raise ValueError unless exactly one way to post is given."""
        if (self.webhook is None) == (self.token is None):
            raise ValueError("a Slack channel needs either a webhook or a token")
        if self.token is not None and not self.channel:
            raise ValueError("a Slack channel with a token needs the channel to write to")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """A webhook channel: the address, and the secret that requests are signed with. `deadline` is in seconds."""

    url: Secret
    secret: Secret
    allow_private: bool = False
    deadline: float = WEBHOOK_DEADLINE


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """An outbox channel; `path` is the Maildir, made when missing."""

    path: Path


@dataclass(frozen=True, slots=True)
class AtomSettings:
    """A channel of Atom feeds: the folder they are in, made when missing, and how many entries each has at the most."""

    path: Path
    per_rule: bool = False
    entries: int = ENTRIES


@dataclass(frozen=True, slots=True)
class AppriseSettings:
    """A channel of Apprise's: the address that it knows one service by. `deadline` is in seconds."""

    url: Secret
    deadline: float = APPRISE_DEADLINE


Settings: TypeAlias = EmailSettings | SlackSettings | WebhookSettings | AtomSettings | AppriseSettings | OutboxSettings


def apprise_installed() -> bool:
    """Whether the extra `apprise` is installed."""
    return find_spec("apprise") is not None
