"""Tests of the channels, each against a peer that talks over a real socket."""
