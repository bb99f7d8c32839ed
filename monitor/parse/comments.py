"""Markup without its comments."""


def without_comments(markup: str) -> str:
    """Return `markup` without comments, in time linear in its length; one that never closes is taken for a slip, and its text stays."""
    kept, at = [], 0
    while (begin := markup.find("<!--", at)) >= 0:
        end = markup.find("-->", begin)
        if end < 0:
            break
        kept.append(markup[at:begin])
        at = end + 3
    return "".join((*kept, markup[at:].replace("<!--", "")))
