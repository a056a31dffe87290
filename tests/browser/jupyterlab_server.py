"""A real JupyterLab on a free loopback port, with folders of its own, ended reliably."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 15.0

# What the browser tests need from JupyterLab: the page offers its application object, so that a
# test can ask whether the kernel is connected instead of guessing it from what is drawn.
LAB_CONFIG = {"LabApp": {"expose_app_in_browser": True}}


@dataclass(frozen=True)
class JupyterLabServer:
    """A running server: where it answers, and the folders it was given."""

    url: str
    token: str
    runtime_dir: Path
    notebook_dir: Path

    def page_url(self, notebook: str, workspace: str) -> str:
        """Return the address of a notebook, in a workspace of its own so that no tab is restored."""
        return f"{self.url}lab/workspaces/{workspace}/tree/{notebook}?token={self.token}"

    def connection_file(self, kernel_id: str) -> Path:
        """Return the file that tells a second client how to talk to a kernel."""
        return self.runtime_dir / f"kernel-{kernel_id}.json"


def plain_lab_command(notebook_dir: Path, home: Path) -> list[str]:
    """Return the command of a JupyterLab that asks nobody for news or updates.

    `anionx lab` sees to that by itself; this one is for the tests' own small notebooks.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet), encoding="utf-8")
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={notebook_dir}"),
        "--LabApp.extension_manager=readonly",
    ]


def separate_environment(home: Path) -> dict[str, str]:
    """Return the environment with every folder of Jupyter below `home`, where nothing is yet."""
    folders = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    config = home / "config" / "jupyter_lab_config.json"
    config.write_text(json.dumps(LAB_CONFIG), encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "COVERAGE"))}
    return inherited | {name: str(folder) for name, folder in folders.items()}


@contextlib.contextmanager
def running_server(
    notebook_dir: Path, home: Path, command: Sequence[str] | None = None
) -> Iterator[JupyterLabServer]:
    """Start `command` (default: a plain JupyterLab), yield it when it answers, and end it.

    The server and its kernels form one process group, which alone is signalled.
    """
    environment = separate_environment(home)
    log_path = home / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command or plain_lab_command(notebook_dir, home),
            cwd=notebook_dir,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _wait_until_listening(process, home / "runtime", notebook_dir, log_path)
    finally:
        _stop(process)


def _wait_until_listening(
    process: subprocess.Popen[bytes], runtime_dir: Path, notebook_dir: Path, log_path: Path
) -> JupyterLabServer:
    """Wait for the file in which Jupyter says its port and token: written when it listens."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        for path in runtime_dir.glob("jpserver-*.json"):
            # The file may be seen while it is being written.
            with contextlib.suppress(json.JSONDecodeError):
                said = json.loads(path.read_text(encoding="utf-8"))
                url = f"http://127.0.0.1:{said['port']}{said['base_url']}"
                return JupyterLabServer(url, said["token"], runtime_dir, notebook_dir)
        time.sleep(0.1)
    log = log_path.read_text(encoding="utf-8", errors="replace")
    msg = f"JupyterLab did not start (exit code {process.poll()}); it said:\n{log[-4000:]}"
    raise RuntimeError(msg)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop (it ends its kernels), then end what is left of its group."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_TIMEOUT_S)
