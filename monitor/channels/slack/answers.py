"""What Slack's answers mean: for this message, for the channel, for the next attempt.

Sources: docs.slack.dev "Errors" of chat.postMessage and of incoming webhooks, api.slack.com/changelog/2016-05-17 for the
webhooks' status codes, api.slack.com/docs/rate-limits for 429.
"""

from collections.abc import Mapping
from datetime import timedelta

from monitor.channels.post import asked_wait
from monitor.core.model import Outcome

# Our own fault: the blocks are refused, the news are not. Sent again at once as plain text.
BLOCKS_REFUSED = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_payload", "msg_blocks_too_long", "msg_too_long"}
)

# A channel in which nobody may reply; what is no reply may be posted there.
THREAD_REFUSED = frozenset({"restricted_action_non_threadable_channel"})

# The channel, the token or the app must be mended by a person.
_BROKEN_CHANNEL = frozenset(
    {
        "access_denied", "accesslimited", "account_inactive", "action_prohibited", "channel_is_archived", "channel_not_found",
        "ekm_access_denied", "enterprise_is_restricted", "invalid_auth", "invalid_token", "is_archived", "is_inactive",
        "missing_scope", "no_active_hooks", "no_permission", "no_service", "no_service_id", "no_team",
        "not_allowed_token_type", "not_authed", "not_in_channel", "org_login_required",
        "posting_to_general_channel_denied", "restricted_action", "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "team_access_not_granted",
        "team_disabled", "token_expired", "token_revoked", "two_factor_setup_required", "user_not_found",
    }
)  # fmt: skip
_LATER = frozenset({"message_limit_exceeded", "rate_limited", "ratelimited", "request_timeout", "team_added_to_org"})
_PERHAPS_DONE = frozenset({"fatal_error", "internal_error", "rollup_error", "service_unavailable"})
_BROKEN_STATUS = frozenset({401, 403, 404, 410})
_TOO_MANY = 429
_LONGEST_WORD = 60


def outcome(status: int, error: str) -> Outcome:
    """Judge an answer that is not success. `error` is Slack's word for it, or empty."""
    if status == _TOO_MANY or error in _LATER:
        return Outcome.RETRY
    if error in _BROKEN_CHANNEL or status in _BROKEN_STATUS:
        return Outcome.PAUSED
    if status >= 500 or error in _PERHAPS_DONE:
        return Outcome.UNCERTAIN
    # 200 without Slack's confirmation is not Slack: a captive portal, a proxy. 3xx likewise.
    return Outcome.REFUSED if error or 400 <= status < 500 else Outcome.RETRY


def retry_after(status: int, headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait that a 429 asks for, half a minute where it names none, None for every other answer."""
    return asked_wait(headers) if status == _TOO_MANY else None


def error_word(text: str) -> str:
    """Return Slack's error from a webhook's body (`invalid_blocks`), empty when the body is something else."""
    word = text.strip().partition(":")[0]
    return word if len(word) <= _LONGEST_WORD and word.replace("_", "").isalnum() and word.islower() else ""
