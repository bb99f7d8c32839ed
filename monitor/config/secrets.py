"""Secrets are named in the configuration and kept elsewhere: in the environment, or in files that systemd and Docker provide."""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path as File

from pydantic import BaseModel

from monitor.channels.signing import SHORTEST_KEY, signing_key
from monitor.config.documents import Fault
from monitor.config.positions import Path
from monitor.config.settings import AppriseChannel, Channel, SecretRef, Settings, WebhookChannel
from monitor.config.urls import service_url, web_url
from monitor.diagnostics import Severity
from monitor.secret import Secret

#: A token or password is far shorter; a longer file is not one.
_LARGEST = 64 * 1024


def named(value: object, path: Path = ()) -> Iterator[tuple[Path, SecretRef]]:
    """Yield every reference to a secret within validated settings, and the path it stands at."""
    if isinstance(value, SecretRef):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, each in type(value).model_fields.items():
            yield from named(getattr(value, name), (*path, each.alias or name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from named(inner, (*path, str(name)))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from named(inner, (*path, index))


def folders(environ: Mapping[str, str], beside: File) -> list[File]:
    """Return where a relative secret file is looked for: systemd's credentials, Docker's secrets, beside config.toml."""
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    return [*([File(credentials)] if credentials else []), File("/run/secrets"), beside]


def resolve(
    settings: BaseModel, environ: Mapping[str, str], places: Sequence[File], *, missing: Severity
) -> tuple[dict[SecretRef, Secret], list[Fault]]:
    """Return the value of every secret named in the settings, and what is wrong with those that have none.

    `missing` says whether a secret that can't be had is an error or a warning.
    """
    values: dict[SecretRef, Secret] = {}
    faults: list[Fault] = []
    for path, ref in named(settings):
        found = _from_environment(ref, environ) if ref.env else _from_file(ref, places)
        if isinstance(found, Secret):
            values[ref] = found
            faults += _open_to_others(path, ref, places)
        else:
            faults.append(Fault(path, "PW151", *found, severity=missing))
    return values, faults


def misfits(settings: Settings, values: Mapping[SecretRef, Secret]) -> Iterator[Fault]:
    """Yield which secrets of channels have a value that cannot serve; the value itself is not told."""
    for name, channel in settings.channels.items():
        for key, ref, check in _checked(channel):
            if ref in values and (told := _misfit(values[ref], check)):
                yield Fault(("channels", name, key), "PW152", f"the value of '{key}' {told}")


def _checked(channel: Channel) -> tuple[tuple[str, SecretRef, Callable[[Secret], None]], ...]:
    match channel:
        case WebhookChannel():
            return ("url", channel.url, _check_address), ("secret", channel.secret, _check_key)
        case AppriseChannel():
            return (("url", channel.url, _check_service),)
        case _:
            return ()


def _misfit(value: Secret, check: Callable[[Secret], None]) -> str:
    try:
        check(value)
    except ValueError as fault:
        return str(fault)
    return ""


def _check_address(url: Secret) -> None:
    web_url(url.reveal())


def _check_service(url: Secret) -> None:
    service_url(url.reveal())


def _check_key(secret: Secret) -> None:
    if len(signing_key(secret)) < SHORTEST_KEY:
        raise ValueError(f"is too short for a key of {SHORTEST_KEY} bytes")


def _from_environment(ref: SecretRef, environ: Mapping[str, str]) -> Secret | tuple[str, str]:
    value = environ.get(ref.env, "")
    return Secret(value) if value else (f"the environment variable {ref.env} is not set", "")


def _from_file(ref: SecretRef, places: Sequence[File]) -> Secret | tuple[str, str]:
    file = _file(ref, places)
    if file is None:
        return f"there is no secret file '{ref.file}'", f"looked in {', '.join(map(str, places))}"
    try:
        with file.open("rb") as opened:
            value = opened.read(_LARGEST + 1).decode().rstrip("\r\n")
    except OSError as problem:
        return f"the secret file {file} cannot be read: {(problem.strerror or 'unknown reason').lower()}", ""
    except UnicodeDecodeError:
        return f"the secret file {file} is not text", ""
    if not value or len(value) > _LARGEST:
        return f"the secret file {file} is {'empty' if not value else 'too large to be one'}", ""
    return Secret(value)


def _file(ref: SecretRef, places: Sequence[File]) -> File | None:
    return next((file for place in places if (file := place / ref.file).is_file()), None)


def _open_to_others(path: Path, ref: SecretRef, places: Sequence[File]) -> list[Fault]:
    file = _file(ref, places) if ref.file else None
    # What systemd or Docker provides has the mode that they want.
    provided = file is not None and any(file.is_relative_to(place) for place in places[:-1])
    if file is None or provided or not stat.S_IMODE(file.stat().st_mode) & 0o077:
        return []
    message = f"the secret file {file} can be read by other users"
    return [Fault(path, "PW440", message, f"chmod 600 {file}", severity=Severity.WARNING)]
