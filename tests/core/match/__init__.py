"""Tests of monitor.core.match."""
