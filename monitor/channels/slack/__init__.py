"""The Slack channel: incoming webhook or bot token."""

from monitor.channels.slack.channel import SlackChannel, SlackSettings

__all__ = ["SlackChannel", "SlackSettings"]
