"""The codes of faults in templates, each explained in a sentence."""

CODES = {
    "PW301": "A template uses a name that its data does not have; the data's names are in the hint.",
    "PW302": "A template is not valid Jinja.",
    "PW303": "A template takes too long or too much memory; it is stopped and the built-in one is used.",
    "PW304": "A template prints more than a message may hold.",
    "PW305": "A Slack template does not print valid JSON, or not blocks that Slack takes.",
    "PW306": "A template fails while it runs.",
    "PW307": "A template's file is not read: its name, its size, or a link out of the folder.",
    "PW308": "A digest names a template that does not exist.",
}
