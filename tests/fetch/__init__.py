"""Tests of the door to the network, over real connections on loopback."""
