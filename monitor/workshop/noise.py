"""Doubts about a rule by what it found: far too much, or nothing."""

from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic, Severity
from monitor.workshop.backtest import Findings

NOISE = 0.05
"""From this share of all articles on a rule is noise."""
ENOUGH = 200
"""Among fewer articles a share says nothing."""


def doubt(rule: Rule, found: Findings, where: str) -> Diagnostic | None:
    """Return what is to be said about the rule after it was tried. `where` says on what, as in "the archive in the last 30 days"."""
    if found.articles >= ENOUGH and found.share > NOISE:
        message = f"{_name(rule)} has matched {100 * found.share:.0f} % of {where}"
        return _warning(rule, "PW401", message, "ask for more words, or for words near each other")
    if found.articles and not found.matches:
        return _warning(rule, "PW403", f"{_name(rule)} has matched nothing in {where}", "")
    return None


def _name(rule: Rule) -> str:
    return f"rule '{rule.id}'" if rule.path else "the query"


def _warning(rule: Rule, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code, message, rule.path, rule.line, hint=hint, severity=Severity.WARNING)
