"""The YAML language server of editors, run as they run it: a process that speaks LSP over its standard streams.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Seconds after which a server that does not answer is killed; what waits for it then fails.
PATIENCE = 60

#: What VS Code's YAML extension answers where the user has set nothing, without the store of schemas on the Internet.
SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}


class Editor:
    """An editor with one file after the other open."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        assert process.stdin
        assert process.stdout
        self._written, self._read = process.stdin, process.stdout
        self._numbers = iter(range(1, 1_000_000))
        self._told: dict[str, list[dict[str, Any]]] = {}
        self.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": _CAPABILITIES})
        self._send({"method": "initialized", "params": {}})

    def open(self, file: Path) -> list[dict[str, Any]]:
        """Open a file and return the diagnostics that the editor shows in it."""
        uri = file.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": file.read_text(encoding="utf-8")}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while uri not in self._told:
            self._take()
        return self._told.pop(uri)

    def completions(self, file: Path, line: int, column: int) -> dict[str, dict[str, Any]]:
        """Return what the editor offers at a place of an open file (counted from 0), by label."""
        answer = self._at("textDocument/completion", file, line, column)
        return {each["label"]: each for each in answer["items"]}

    def hover(self, file: Path, line: int, column: int) -> str:
        """Return what the editor shows over a place of an open file (counted from 0)."""
        answer = self._at("textDocument/hover", file, line, column)
        return str(answer["contents"]["value"]) if answer else ""

    def ask(self, method: str, params: Mapping[str, object]) -> Any:
        """Return the server's answer to a request."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def _at(self, method: str, file: Path, line: int, column: int) -> Any:
        place = {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
        return self.ask(method, place)

    def _take(self) -> dict[str, Any]:
        """Return the next message, after answering it where it is a request."""
        length = 0
        while line := self._read.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self._read.read(length))
        if message.get("method") == "workspace/configuration":
            wanted = message["params"]["items"]
            settings = [SETTINGS if each.get("section") == "yaml" else {} for each in wanted]
            self._send({"id": message["id"], "result": settings})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self._told[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def _send(self, message: Mapping[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._written.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._written.flush()


_CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
}


@contextmanager
def editor(server: Path, folder: Path) -> Iterator[Editor]:
    """Start the language server for a folder, and end it afterwards."""
    command = ["node", str(server), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder) as process:
        impatience = threading.Timer(PATIENCE, process.kill)
        impatience.start()
        try:
            yield Editor(process, folder)
        finally:
            impatience.cancel()
            process.kill()
