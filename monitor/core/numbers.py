"""The numbers that a text names, in digits or in words: "five" is 5."""

from collections.abc import Iterable, Iterator

from monitor.core.text import fold

# Left out is what says something else as often: English "one" and "second", German "ein", French "un", "neuf" and "cent",
# Spanish "uno", and what is an English word as well: French "seize", Spanish "once" and "miles".
_FROM_TWO = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "deux trois quatre cinq six sept huit - dix onze douze treize quatorze quinze",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez - doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "ru": "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать "
    "шестнадцать семнадцать восемнадцать девятнадцать",
    "uk": "два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять чотирнадцять п'ятнадцять "
    "шістнадцять сімнадцять вісімнадцять дев'ятнадцять",
    "ru, of so many": "двух трёх четырёх пяти шести семи восьми девяти десяти",
    "ru, so many people": "двое трое четверо пятеро шестеро семеро восьмеро девятеро десятеро",
    "uk, of so many": "двох трьох чотирьох п'яти шести семи восьми дев'яти десяти",
    "uk, so many people": "двоє троє четверо п'ятеро шестеро семеро восьмеро дев'ятеро десятеро",
    "feminine": "две", "uk, feminine": "дві",
}  # fmt: skip
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante septante - nonante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "uk": "двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто",
}
_OTHERS = {
    0: "zero null zéro cero ноль нуль",
    20: "vingts",
    100: "hundred hundreds hundert hunderte cien ciento cientos сто ста сотня сотни сотен сотні сотень",
    1000: "thousand thousands tausend tausende mille mil тысяча тысячи тысяч тисяча тисячі тисяч",
}
_HUNDREDS = {
    "es": "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    "ru": "двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    "uk": "двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот",
}
_SCALES = (100, 1000)
#: Digits of a number that is read as one; a longer one is a telephone's or an account's.
_LONGEST = 9


def numbers(words: Iterable[str]) -> frozenset[int]:
    """Return the numbers that folded words name, given in the order in which they stand: 25 for "twenty", "five" as for "25"."""
    return frozenset(_read(words))


def _read(words: Iterable[str]) -> Iterator[int]:
    held: int | None = None
    room = 0
    for word in words:
        spelt = _VALUES.get(word)
        if held is spelt is None and not word.isdecimal():
            continue
        if held is not None:
            if spelt and (longer := _together(held, spelt, room)):
                held, room = longer, _room(longer)
                continue
            yield held
        held = int(word) if spelt is None and word.isdecimal() and len(word) <= _LONGEST else spelt
        room = _room(spelt) if spelt else 0
    if held is not None:
        yield held


def _together(held: int, spelt: int, room: int) -> int:
    """Return the number that one and the word behind it name together, "twenty" and "five"; 0 where they are two numbers."""
    if 1 < held < spelt and (spelt in _SCALES or (held, spelt) == (4, 20)):
        return held * spelt
    return held + spelt if spelt < room else 0


def _room(number: int) -> int:
    """Return what is added to a number by a word behind it is less than: 10 for "twenty", 20 for French "soixante"."""
    if number % 100 == 0:
        return 1000 if number % 1000 == 0 else 100
    return 0 if number % 10 else 20 if number % 100 in (60, 80) else 10


def _table() -> Iterator[tuple[str, int]]:
    for said, first, step in ((_FROM_TWO, 2, 1), (_TENS, 20, 10), (_HUNDREDS, 200, 100)):
        for row in said.values():
            yield from zip(row.split(), range(first, 10_000, step), strict=False)
    for value, row in _OTHERS.items():
        yield from ((each, value) for each in row.split())
    digits, tens = _FROM_TWO["de"].split()[:8], _TENS["de"].split()
    for ten, word in enumerate(tens, 2):
        yield from ((f"{digit}und{word}", 10 * ten + value) for value, digit in enumerate(("ein", *digits), 1))
    for value, digit in enumerate(("ein", *digits), 1):
        yield from ((f"{digit}hundert", 100 * value), (f"{digit}tausend", 1000 * value))
    ones = ("uno", "dós", "trés", "cuatro", "cinco", "séis", "siete", "ocho", "nueve")
    yield from ((f"veinti{word}", 20 + value) for value, word in enumerate(ones, 1))


_VALUES = {fold(word): value for word, value in _table() if word != "-"}
