"""The Slack channel: incoming webhook or bot token."""

from monitor.channels.slack.channel import SlackChannel

__all__ = ["SlackChannel"]
