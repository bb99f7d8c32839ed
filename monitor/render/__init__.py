"""Editions and templates into messages."""
