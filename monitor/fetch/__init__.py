"""Bytes in: documents from the network through one guarded door, and from files."""

from monitor.fetch.addresses import is_public_host
from monitor.fetch.addressing import same_host
from monitor.fetch.client import Door, DoorSettings
from monitor.fetch.exchange import Request, Response
from monitor.fetch.files import Files
from monitor.fetch.freshness import fresh_for
from monitor.fetch.retrieving import Retriever

__all__ = [
    "Door",
    "DoorSettings",
    "Files",
    "Request",
    "Response",
    "Retriever",
    "fresh_for",
    "is_public_host",
    "same_host",
]
