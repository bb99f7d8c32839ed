"""Tests of templates and of the messages they make."""
