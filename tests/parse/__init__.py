"""Tests of reading feed documents."""
