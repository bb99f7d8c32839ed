"""The demonstration: the whole daemon at work with no network, mail server or configuration."""
