"""A second client of the kernel behind a notebook, so that tests ask Python and not the page."""

import ast
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

ANSWER_TIMEOUT_S = 60.0


class KernelError(AssertionError):
    """The kernel answered a test's question with an exception."""


class KernelClient:
    """Asks the kernel for the value of expressions; neither history nor prompts are touched."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> None:
        """Execute statements in the notebook's namespace; an exception fails the test."""
        self._ask(code, {})

    def value(self, expression: str) -> Any:
        """Return the value of an expression, which must be something JSON can hold."""
        dump = f"__import__('json').dumps({expression})"
        content = self._ask("", {"value": dump})["user_expressions"]["value"]
        if content["status"] != "ok":
            msg = f"{expression}: {content['ename']}: {content['evalue']}"
            raise KernelError(msg)
        # The kernel sends the repr of the JSON text, a Python string literal.
        return json.loads(_unquote(content["data"]["text/plain"]))

    def wait_for(self, expression: str, expected: object, timeout_s: float = 10.0) -> None:
        """Wait until an expression has a value; fail with the last one seen."""
        deadline = time.monotonic() + timeout_s
        while (seen := self.value(expression)) != expected:
            if time.monotonic() > deadline:
                msg = f"{expression} is {seen!r}, expected {expected!r} within {timeout_s:g} s"
                raise AssertionError(msg)
            time.sleep(0.05)

    def _ask(self, code: str, expressions: dict[str, str]) -> dict[str, Any]:
        """Send one request and return the content of its reply."""
        request = self._client.execute(
            code, silent=not expressions, store_history=False, user_expressions=expressions
        )
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(Empty):
                reply = self._client.get_shell_msg(timeout=1)
                if reply["parent_header"].get("msg_id") == request:
                    content: dict[str, Any] = reply["content"]
                    if content["status"] != "ok":
                        msg = f"{code}: {content.get('ename')}: {content.get('evalue')}"
                        raise KernelError(msg)
                    return content
        msg = f"the kernel did not answer within {ANSWER_TIMEOUT_S:g} s: {code or expressions}"
        raise AssertionError(msg)


@contextlib.contextmanager
def connected(connection_file: Path) -> Iterator[KernelClient]:
    """Connect to a running kernel; leaving it only hangs up, the kernel goes on."""
    client = BlockingKernelClient()
    client.load_connection_file(str(connection_file))
    client.start_channels(iopub=False, stdin=False, hb=False)
    try:
        yield KernelClient(client)
    finally:
        client.stop_channels()


def _unquote(literal: str) -> str:
    """Return the text of a Python string literal."""
    text = ast.literal_eval(literal)
    assert isinstance(text, str)
    return text
