"""How common words are: counted in a sample of the archive or, before there is one, the commonest of the large languages of news."""

from collections import Counter
from collections.abc import Mapping, Sequence

from monitor.core.text import bare_words, fold

MOST, LEAST = 0.9, 0.05
"""The shares of articles that hold the first and about the last word of each of the lists."""

# A list for each language, the commonest words first.
_LISTS = """
the of and to in a for is on that it as was with by be at he has have from said his an are not will this but were they which had
its who would been their also or after we more than one about over out up can there new when two some other all could last if into
what first no time you she her years year people government president minister state country says police world news week day
million national city party million top official officials security war report group law court public leader international company
market health economy economic military attack election trade

der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird
bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde regierung
präsident jahr prozent millionen minister staat

de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son aux d'un ou cette mais ont
été être leur l'a ses comme entre deux fait elle après tout nous très gouvernement président ministre pays ans année contre selon
état

de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre cuando muy
sin sobre también me hasta hay donde quien desde todo nos durante gobierno presidente país años ministro contra según millones
estado

di e il la che in a per un del non è una i si le con da della dei al alla sono ha come anche più nel gli ma dal delle lo nella o
su governo presidente anni paese stato

de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser governo
presidente país anos estado

de het een van en in is dat op te voor met zijn niet aan er om ook als bij door maar naar uit over nog heeft worden regering
president jaar land minister

w i na z do się nie że jest o to jak po co za od przez ale jego być dla oraz był są ma już roku rząd prezydent kraju minister
państwa

и в не на что с по как это он из к но за от у его для о а до то года же также был так бы который если или уже после при чтобы их
было президент страны россии власти войны правительство министр

і в на що не у з та до як це за від для він про по із але його які так або вже після року був є також при президент україни країни
війни уряд міністр

ve bir bu da de için ile olarak olan çok daha en gibi kadar sonra ne ancak var dedi türkiye cumhurbaşkanı hükümet yıl ülke

في من على أن إلى التي عن مع هذا الذي لا ما هذه كان بين بعد قال أو كما قد وقد حيث رئيس الرئيس الحكومة وزير
"""


def _table() -> dict[str, float]:
    table: dict[str, float] = {}
    for words in _LISTS.split("\n\n"):
        for rank, word in enumerate(words.split()):
            share = max(LEAST, MOST / (1 + rank / 10))
            table[fold(word)] = max(share, table.get(fold(word), 0))
    return table


COMMON = _table()
"""Word, folded → the share of articles that hold it, roughly."""

FEWEST = 200
"""Articles that a sample needs at least; fewer say less than the shipped table."""
SELDOM = 3
"""A word in fewer articles of the sample says little: it counts as one that was not seen."""


def counted(texts: Sequence[str]) -> Mapping[str, float]:
    """Return which share of articles holds a word, folded, as counted in these; of words they hardly hold, as shipped.

    300 articles are enough: four times as many made matching no faster.
    """
    if len(texts) < FEWEST:
        return COMMON
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(map(fold, set(bare_words(text)))))
    return COMMON | {word: count / len(texts) for word, count in counts.items() if count >= SELDOM}
