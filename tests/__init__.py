"""The tests, laid out as `monitor` is."""
