"""What a network error is called: whether a message may have been sent hangs on it."""

import ssl

import httpcore
import pytest

from monitor.fetch.failures import FAILURES, failure


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpcore.ConnectError("refused"), "connect"),
        (httpcore.ConnectTimeout(), "connect"),
        (caused(httpcore.ConnectError(), ssl.SSLError(1, "no shared cipher")), "tls"),
        (caused(httpcore.ReadError(), ssl.SSLError(1, "decryption failed")), "broken-off"),
        (httpcore.ReadTimeout(), "timeout"),
        (TimeoutError(), "timeout"),
        (httpcore.WriteError(), "broken-off"),
        (ConnectionResetError(104, "reset"), "broken-off"),
        (httpcore.RemoteProtocolError("no status line"), "protocol"),
        (httpcore.LocalProtocolError("an illegal header value: b'canary'"), "protocol"),
    ],
)
def test_an_error_after_the_request_was_sent_is_never_called_one_before(error: Exception, kind: str) -> None:
    assert isinstance(error, FAILURES)
    found = failure(error, "news.example")
    assert (found.kind, found.retry) == (kind, True)
    assert str(found).count("news.example") == 1
    assert "canary" not in str(found)
