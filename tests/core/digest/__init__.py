"""Tests of digest planning and of what an edition shows."""
