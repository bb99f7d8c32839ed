"""The codes of faults in the configuration, each explained in a sentence or two."""

CODES: dict[str, str] = {
    "PW110": "A key that does not exist. Every key has a meaning or is refused, so that a misspelt one cannot go unnoticed.",
    "PW140": "The listener serves figures and feeds without a password, so it may only be reached from its own machine. Set "
    "allow_remote = true in [web] where the network around it is trusted, or put a reverse proxy with a password before it.",
    "PW141": "A configuration file could not be read: it does not exist, is not allowed, or is far too large to be one.",
    "PW142": "The file is not TOML (https://toml.io). Only the first such fault of a file can be told.",
    "PW143": "A value that the key cannot have: another type, outside its bounds, or not of the form that is described.",
    "PW144": "A key is missing that something else in the configuration needs.",
    "PW145": "A name is used that nothing in the configuration has.",
    "PW146": "Two keys exclude each other, or a key does nothing where it stands.",
    "PW147": "Two feeds have one id. Ids are names in rules and in the database, so each belongs to one feed.",
    "PW148": "The timezone is not in the IANA database; names look like Europe/Vienna or UTC.",
    "PW149": "The time of a digest cannot be read, or never comes. A crontab line has five fields, and 0 and 7 are Sunday.",
    "PW150": 'A secret stands in the configuration. Keep it elsewhere and name the place: { env = "NAME" } or '
    '{ file = "path" }, looked for in $CREDENTIALS_DIRECTORY, /run/secrets and beside config.toml.',
    "PW151": "A secret is named whose environment variable is not set, or whose file cannot be read.",
    "PW152": "The value of a channel's secret cannot serve: a webhook's address is no web address, Apprise's is not one address of a service, or the secret that signs is not the base64 that "
    "whsec_ promises, or comes to fewer than 24 bytes. `echo whsec_$(openssl rand -base64 32)` makes a good one.",
    "PW153": "A channel is of a type that an extra brings, and the extra is not installed here: pip install 'presswatch[apprise]'.",
    "PW402": "No rule delivers to a digest of config.toml, so it will always be empty.",
    "PW440": "A secret file can be read by other users of the machine.",
    "PW441": "A glob in [service] matches no file.",
    "PW442": "Pages of articles are to be read always, and what reads them is not installed, so none is. "
    "pip install 'presswatch[fulltext]' adds it.",
}
