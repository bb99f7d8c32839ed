"""How commands say that a channel waits for a person, and how it goes on."""

from monitor.log import escaped
from monitor.store.gates import NOT_CONFIGURED


def paused(channel_id: str, why: str) -> str:
    """Say that a channel waits for a person, why, and how it goes on."""
    name = escaped(channel_id)
    if why == NOT_CONFIGURED:
        return f"channel '{name}' is not configured: nothing goes until one is called so"
    return f"channel '{name}' is paused: {escaped(why)}; once it is mended, `presswatch send-test {name}` has it go on"
