"""Ways out: e-mail, Slack, webhooks, Atom feeds, Apprise and the outbox, each a Channel. What an edition says is decided elsewhere; here it is sent.

A new channel is its own module, its settings in `settings`, its line in `making`, and its case in the contract suite.
"""
