"""What was tried, for other programs: as JUnit XML and as JSON."""

import json
import re
from dataclasses import asdict
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.diagnostics import Diagnostic
from monitor.workshop.trials import Case, Trial, Trials

#: What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(trials: Trials) -> str:
    """Return JUnit XML: a test suite for each rule file, a test case for each example and scenario.

    What is wrong with a file itself is an error in its suite. What no example notices fails nothing, and is written out under its file.
    The attributes are those that https://github.com/testmoapp/junitxml lists.
    """
    root = Element("testsuites", name="presswatch test")
    by_file = {path: list(rules) for path, rules in groupby(trials.rules, key=lambda each: each.path)}
    for path in dict.fromkeys((*by_file, *(each.path for each in trials.faults))):
        suite = SubElement(root, "testsuite", name=_text(path), file=_text(path))
        for trial in by_file.get(path, ()):
            for case in trial.cases:
                _case(suite, trial, case)
        for fault in trials.faults:
            if fault.path == path:
                _broken(suite, fault)
        told = "\n".join(str(each) for each in trials.survivors if each.path == path)
        if told:
            SubElement(suite, "system-out").text = _text(told)
        _count(suite)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}'


def as_json(trials: Trials) -> str:
    """Return a JSON object: the rules with their cases and scores, and what is wrong with the files."""
    told = {
        "rules": [asdict(each) for each in trials.rules],
        "faults": [asdict(each) for each in trials.faults],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _case(suite: Element, trial: Trial, case: Case) -> None:
    element = SubElement(
        suite, "testcase", classname=trial.rule_id, name=_text(f"{case.kind} {case.name}"), file=_text(trial.path),
        line=str(case.line),
    )  # fmt: skip
    if case.fault:
        failure = SubElement(element, "failure", message=_text(case.fault.message), type=case.fault.code)
        failure.text = _text(str(case.fault))


def _broken(suite: Element, fault: Diagnostic) -> None:
    element = SubElement(
        suite,
        "testcase",
        classname="file",
        name=_text(f"line {fault.line}"),
        file=_text(fault.path),
        line=str(fault.line),
    )
    SubElement(element, "error", message=_text(fault.message), type=fault.code).text = _text(str(fault))


def _count(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for kind in ("failure", "error"):
        suite.set(f"{kind}s", str(sum(case.find(kind) is not None for case in cases)))


def _text(text: str) -> str:
    return _NOT_XML.sub("�", text)
