"""The only door to the database. `Store` opens it; everything else is a function of a transaction, grouped by table:

feeds · articles · stories · rule_versions · matches · fates · editions · deliveries · gates · instances · retention · routes

A caller imports the module it needs (`from monitor.store import Store, feeds`) and runs one function, or one of its own
that calls several, in one transaction: `await store.run(feeds.claim, 100, lease)`.
"""

from monitor.store.store import Store
from monitor.store.tx import Clock, Tx

__all__ = ["Clock", "Store", "Tx"]
