"""The promises about architecture, documentation and packaging, kept by tests."""
