"""`anionx lab` as a learner runs it: a real JupyterLab, reachable with its token only."""

import functools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ANIONX = [str(Path(sys.executable).with_name("anionx"))]
STARTED_WITHIN_S = 60
NOTIFICATIONS = "@jupyterlab/apputils-extension:notification"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def running_lab(tmp_path):
    """`anionx lab --no-browser` for a user who has made a setting; its process, log and port."""
    port = free_port()
    settings = {name: value for name, value in os.environ.items() if "JUPYTER" not in name}
    settings |= {"HOME": str(tmp_path / "home")}
    own_settings = tmp_path / "home/.jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    own_settings.mkdir(parents=True)
    (own_settings / "notification.jupyterlab-settings").write_text('{"doNotDisturbMode": true}')
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*ANIONX, "lab", "mine", "--no-browser", "--port", str(port)],
            cwd=tmp_path,
            env=settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A test run in the background ignores Control-C, and so would what it starts.
            preexec_fn=functools.partial(  # noqa: PLW1509 - this process has no other threads
                signal.signal, signal.SIGINT, signal.SIG_DFL
            ),
        )
        try:
            yield process, log, port
        finally:
            process.terminate()
            process.wait(timeout=30)


def address_in(log: Path, process: subprocess.Popen) -> str:
    """Wait for the address that JupyterLab prints."""
    deadline = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://\S+token=\w+", log.read_text())
        if found:
            return found.group()
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.read().decode()


def test_jupyterlab_opens_the_first_lesson_on_loopback_and_ends_on_control_c(running_lab, tmp_path):
    process, log, port = running_lab
    address = address_in(log, process)
    assert address.startswith(f"http://127.0.0.1:{port}/lab/tree/00_start_here.ipynb?token=")

    with pytest.raises(urllib.error.HTTPError) as refused:
        get(f"http://127.0.0.1:{port}/api/contents")
    refused.value.close()
    assert refused.value.code == 403

    page = get(address)
    settings = json.loads(
        re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL).group(1)
    )
    assert settings["news"] == {"disabled": True}
    assert settings["extensionManager"]["can_install"] is False

    token = address.rpartition("token=")[2]
    listing = json.loads(get(f"http://127.0.0.1:{port}/api/contents?token={token}"))
    assert {entry["name"] for entry in listing["content"]} == {
        path.name for path in (tmp_path / "mine").iterdir()
    }

    query = f"{NOTIFICATIONS}?token={token}"
    settings = json.loads(get(f"http://127.0.0.1:{port}/lab/api/settings/{query}"))
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
    assert settings["raw"] == '{"doNotDisturbMode": true}'

    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert "Traceback" not in log.read_text()
