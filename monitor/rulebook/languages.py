"""What people write for a language that has another code: the code of a country, or one of three letters."""

from collections.abc import Mapping

#: No key is the code of a language with two letters, and feeds do not state them: RFC 5646 wants the shortest code of a language.
_OTHERWISE: Mapping[str, str] = {
    "uk": "ua ukr", "cs": "cz ces cze", "ja": "jp jpn", "zh": "cn zho chi", "el": "gr ell gre", "da": "dk dan", "ko": "kr kor",
    "he": "il heb", "fa": "ir fas per", "en": "us gb eng", "de": "deu ger", "fr": "fra fre", "es": "spa", "it": "ita", "pt": "por",
    "nl": "nld dut", "pl": "pol", "ru": "rus", "ar": "ara", "tr": "tur", "sv": "swe", "no": "nor", "fi": "fin", "hu": "hun",
    "ro": "ron rum", "bg": "bul", "sr": "rs srp", "hr": "hrv", "sk": "slk slo", "be": "by bel", "ka": "geo kat", "hi": "hin",
    "th": "tha", "vi": "vn vie",
}  # fmt: skip
_MEANT = {code: language for language, codes in _OTHERWISE.items() for code in codes.split()}


def meant_language(tag: str) -> str:
    """Return the tag that is meant by one that begins with no language's usual code; "" where nothing is amiss."""
    code, dash, more = tag.lower().partition("-")
    return f"{_MEANT[code]}{dash}{more}" if code in _MEANT else ""
