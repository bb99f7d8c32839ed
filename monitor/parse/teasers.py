"""Lines between the paragraphs of an article that lead to other articles: "Read also: …"."""

import re
from collections.abc import Sequence

_LABELS = r"""(?:
      read\ (?:also|more|next) | also\ read | see\ also | more\ on\ this(?:\ (?:story|topic))?(?=\s*[:–—|»])
    | related(?:\ (?:articles?|stor(?:y|ies)|news|coverage|topics?))?
    | (?:à\ )?lire\ (?:aussi|également) | à\ voir\ aussi
    | lesen\ sie\ (?:auch|hier|dazu) | (?:lies|siehe)\ auch | mehr\ zum\ thema
    | le[ea]r?\ (?:también|más) | te\ puede\ interesar
    | leggi\ anche | leia\ (?:também|mais) | lees\ ook | czytaj\ (?:też|także|również)
    | (?:читай(?:те)?|смотри(?:те)?)\ также | по\ теме(?=\s*[:–—|»])
    | (?:читай(?:те)?|дивіться|див\.?)\ також | за\ темою(?=\s*[:–—|»])
    )(?!\w)"""
_LABEL = re.compile(rf"\W*{_LABELS}", re.IGNORECASE | re.VERBOSE)
_LAST = re.compile(rf"(?<=[.!?…»”\"'’)]\s)[(\[]?{_LABELS}[\s:–—|»›→>-]*\Z", re.IGNORECASE | re.VERBOSE)
# Characters of a label at the end of a paragraph, with what parts it from its link.
_LONGEST = 60
_CLOSING = " .…»”\"'’)]"
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


def without_teaser(text: str, links: Sequence[str]) -> str:
    """Return a paragraph without the teaser at its end: what it says, a label, and a link."""
    said, link = text.rstrip(_CLOSING), links[-1].rstrip(_CLOSING) if links else ""
    if not link or not said.endswith(link):
        return text
    before = len(said) - len(link)
    found = _LAST.search(text, max(before - _LONGEST, 0), before)
    return text[: found.start()].rstrip(" ([") if found else text
