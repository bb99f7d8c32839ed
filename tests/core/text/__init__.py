"""Tests of monitor.core.text."""
