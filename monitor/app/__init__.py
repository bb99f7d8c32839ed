"""The composition root: builds every part once, runs the daemon, reloads and stops it. Tests and the demo start it too."""
