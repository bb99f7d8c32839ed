"""What the benchmarks share: figures and their table, a loopback news world, a daemon to measure."""
