"""Signatures are those of Standard Webhooks, so that its libraries verify them."""

from base64 import b64encode

import pytest

from monitor.channels.signing import signature, signing_key
from monitor.secret import Secret

KEY = bytes(range(24))
WRITTEN = b64encode(KEY).decode()


def test_a_signature_is_that_of_the_example_that_implementations_are_tried_with() -> None:
    key = signing_key(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (WRITTEN, KEY),
        (f"whsec_{WRITTEN}", KEY),
        ("correct horse battery staple", b"correct horse battery staple"),
        ("ключ", "ключ".encode()),
        ("raw \udcff bytes", b"raw \xff bytes"),
        ("", b""),
    ],
)
def test_a_secret_is_base64_or_else_the_text_itself(written: str, key: bytes) -> None:
    assert signing_key(Secret(written)) == key


@pytest.mark.parametrize("written", ["whsec_correct horse", f"whsec_{WRITTEN[:-1]}"])
def test_what_promises_to_be_base64_has_to_be(written: str) -> None:
    with pytest.raises(ValueError, match="is not base64 behind whsec_"):
        signing_key(Secret(written))
