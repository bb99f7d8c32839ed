"""Presswatch: know at once, and never wrongly, when the news says what you care about."""

__version__ = "0.1.0"
