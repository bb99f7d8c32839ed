"""The index of words: which articles hold a word, kept beside the articles. FTS5 in SQLite, a tsvector with GIN in PostgreSQL.

It is asked with formulas over index words (`monitor.core.match.narrowing`) and answers with numbers of articles. Neither
database cuts or changes a word: both are given index words as they are.
"""

from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from monitor.core.match.indexing import UNREAD, index_words
from monitor.core.match.narrowing import AllOf, AnyOf, Formula, Holds
from monitor.core.model import Article
from monitor.store.schema import article_words
from monitor.store.tx import Tx, batches

_REMOVE = sa.text("DELETE FROM article_words WHERE rowid = :id")
_KEEP = {
    "sqlite": sa.text("INSERT INTO article_words(rowid, words) VALUES (:id, :words)"),
    "postgresql": sa.text(
        "INSERT INTO article_words(article_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' '))) "
        "ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
    ),
}
# Of a virtual table the column with the table's name stands for all of it.
_FTS5 = sa.table("article_words", sa.column("rowid", sa.Integer), sa.column("article_words", sa.Text))


def keep(tx: Tx, saved: Mapping[int, Article], changed: Iterable[int]) -> None:
    """Put articles into the index, by their ids; `changed` are the ids of those that are in it with an older text."""
    if tx.conn.dialect.name == "sqlite":
        forget(tx, changed)
    rows = [
        {"id": article_id, "words": index_words(each.title, each.summary, each.body)}
        for article_id, each in saved.items()
    ]
    tx.many(_KEEP[tx.conn.dialect.name], rows)


def forget(tx: Tx, article_ids: Iterable[int]) -> None:
    """Take articles out of the index."""
    if tx.conn.dialect.name == "sqlite":
        tx.many(_REMOVE, [{"id": each} for each in article_ids])
        return
    for some in batches(article_ids):
        tx.run(sa.delete(article_words).where(article_words.c.article_id.in_(some)))


def holding(tx: Tx, formula: Formula) -> sa.ColumnElement[int]:
    """Return the column of ids of the articles that meet a formula, to be selected from, bounded and put in order."""
    asked = AnyOf((formula, Holds(UNREAD)))
    if tx.conn.dialect.name == "sqlite":
        matching = sa.select(_FTS5.c.rowid.label("id")).where(_FTS5.c.article_words.match(_told(asked, _AS_FTS5)))
        return matching.subquery("holding").c.id
    # However common the words are, the index is quicker than to read what every article holds.
    tx.conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    query = sa.cast(_told(asked, _AS_TSQUERY), TSQUERY)
    found = sa.select(article_words.c.article_id.label("id")).where(article_words.c.words.op("@@")(query))
    return found.cte("holding").prefix_with("MATERIALIZED").c.id


Words = Callable[[str, bool], str]


def _told(formula: Formula, word: tuple[Words, str, str]) -> str:
    told, every, either = word
    if isinstance(formula, Holds):
        return told(formula.word, formula.beginning)
    joint = every if isinstance(formula, AllOf) else either
    return f"({joint.join(_told(each, word) for each in formula.parts)})"


def _fts5(word: str, beginning: bool) -> str:
    quoted = word.replace('"', '""')
    return f'"{quoted}" *' if beginning else f'"{quoted}"'


def _tsquery(word: str, beginning: bool) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*" if beginning else f"'{quoted}'"


_AS_FTS5 = (_fts5, " AND ", " OR ")
_AS_TSQUERY = (_tsquery, " & ", " | ")
