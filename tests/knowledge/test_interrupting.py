"""Programs of their own, told to stop as a container or systemd tells them."""

import subprocess
import sys

import pytest

BEFORE = "import threading; from knowledge.interrupting import leave, stop_when_told"
FINISHES = f"""{BEFORE}
stop_when_told()
try:
    print('là', flush=True)
    threading.Event().wait()
except KeyboardInterrupt:
    print('fini')
"""
LEAVES = f"""{BEFORE}
threading.Thread(target=lambda: %s).start()
print('dit', end='')
leave(3, 0.1)
"""


def test_a_program_that_is_told_to_stop_finishes_what_it_had_to() -> None:
    with subprocess.Popen([sys.executable, "-c", FINISHES], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "là\n"
        process.terminate()
        assert process.communicate(timeout=30)[0] == "fini\n"
    assert process.returncode == 0


@pytest.mark.parametrize(
    "does", ["threading.Event().wait()", "None"], ids=["a thread that waits", "one that has ended"]
)
def test_a_program_leaves_whatever_its_threads_wait_for(does: str) -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES % does], stdout=subprocess.PIPE, text=True, timeout=30)
    assert done.stdout == "dit"
    assert done.returncode == 3
