"""What editions are called: the digest and the slot, so that one slot has one name in every process."""


def edition_id(digest_id: str, slot: str) -> str:
    """Return the id of a digest's edition at a slot, as in "morning/2026-11-23 07:00"."""
    return f"{digest_id}/{slot}"


def digest_of(edition_id: str) -> str:
    """Return the digest's id (which holds no slash) from an edition's."""
    return edition_id.partition("/")[0]
