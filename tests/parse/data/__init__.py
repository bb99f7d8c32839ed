"""Documents written for the tests, and what they say."""
