"""Names what went wrong on the network, in words that hold no address and no secret."""

import ssl

import httpcore

from monitor.errors import FetchError

#: Everything that httpcore and the system raise for the other side's faults.
FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
)


def failure(error: Exception, host: str) -> FetchError:
    """Return what a network error of ours or of the other side's means.

    The kinds "connect" and "tls" promise that nothing of the request was sent.
    """
    kind, told = _meaning(error, host)
    return FetchError(kind, told, host=host)


def _meaning(error: Exception, host: str) -> tuple[str, str]:
    match error:
        case httpcore.ConnectTimeout():
            return "connect", f"no connection to {host} in time"
        case httpcore.TimeoutException() | TimeoutError():
            return "timeout", f"{host} did not answer in time"
        case httpcore.ConnectError() if (fault := _tls_fault(error)) is not None:
            return "tls", f"{host}: {fault}"
        case httpcore.ConnectError():
            return "connect", f"no connection to {host}: {str(error)[:200] or 'refused'}"
        case httpcore.NetworkError() | OSError():
            return "broken-off", f"{host} ended the connection in the middle of the answer"
        case httpcore.RemoteProtocolError():
            return "protocol", f"{host} does not speak HTTP properly: {str(error)[:200]}"
    return "protocol", f"the request to {host} cannot be sent: {type(error).__name__}"


def _tls_fault(error: BaseException | None) -> str | None:
    """Return what OpenSSL says, if it is behind this error."""
    for _ in range(8):
        if error is None:
            return None
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {error.verify_message}"
        if isinstance(error, ssl.SSLError):
            return f"no TLS connection: {str(error)[:200]}"
        error = error.__cause__ or error.__context__
    return None
