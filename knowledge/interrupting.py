"""Adapter: being told to stop by a container or by systemd, taken as Ctrl-C is, and stopping before one is killed."""

import os
import signal
import sys
import threading
import time
from typing import NoReturn


def stop_when_told() -> None:
    """
    From now on SIGTERM interrupts this process as SIGINT does, with what it had to finish. Without it the first process
    of a container would not hear it, and any other would end at once.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def leave(code: int, seconds: float = 2) -> NoReturn:
    """
    End the process with `code`, once its threads have ended or `seconds` later: one of them may be waiting for a model
    that does not answer. What they were writing is then written whole or not at all.
    """
    end = time.monotonic() + seconds
    others = [thread for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()]
    for thread in others:
        thread.join(max(0.0, end - time.monotonic()))
    if not any(thread.is_alive() for thread in others):
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
