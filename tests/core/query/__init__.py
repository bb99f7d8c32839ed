"""Tests of monitor.core.query."""
