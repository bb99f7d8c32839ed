"""Lines between the paragraphs of an article that lead to other articles: "Read also: …"."""

import re
from collections.abc import Sequence

_LABEL = re.compile(
    r"""\W*(?:
      read\ (?:also|more|next) | also\ read | see\ also | more\ on\ this(?:\ (?:story|topic))?(?=\s*[:–—|»])
    | related(?:\ (?:articles?|stor(?:y|ies)|news|coverage|topics?))?
    | (?:à\ )?lire\ (?:aussi|également) | à\ voir\ aussi
    | lesen\ sie\ (?:auch|hier|dazu) | (?:lies|siehe)\ auch | mehr\ zum\ thema
    | le[ea]r?\ (?:también|más) | te\ puede\ interesar
    | leggi\ anche | leia\ (?:também|mais) | lees\ ook | czytaj\ (?:też|także|również)
    | (?:читай(?:те)?|смотри(?:те)?)\ также | по\ теме(?=\s*[:–—|»])
    | (?:читай(?:те)?|дивіться|див\.?)\ також | за\ темою(?=\s*[:–—|»])
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
# A few words may stand before the mark: "Read more on this topic: …".
_MARK = re.compile(r"[^.!?:…]{0,30}(?::|\s[–—|»›→>-]\s)")


def is_teaser(text: str, links: Sequence[str]) -> bool:
    """Whether a paragraph only leads elsewhere, though it may be more than its links: a label, a mark or a link, and what is there.

    "Read more than the headline, he said" is none, whatever it links to.
    """
    label = _LABEL.match(text)
    if label is None:
        return False
    rest = text[label.end() :].strip()
    if not rest.strip(" .:…–—|»›→>-"):
        return True
    return bool(links) and (_MARK.match(text, label.end()) is not None or rest.lstrip("„“\"«‘'").startswith(links[0]))
