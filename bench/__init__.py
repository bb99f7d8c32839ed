"""Benchmarks: each module here has `measure()`, which yields figures; `python -m bench` runs them all."""
