import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AFTER = """
import os, runpy, sys
sys.argv = ["{module}", "--help"]
try:
    runpy.run_module("{module}", run_name="__main__")
except SystemExit:
    print(os.nice(0))
"""


@pytest.mark.skipif(not hasattr(os, "nice"), reason="pas de priorités ici")
@pytest.mark.parametrize(("module", "given"), [("ingest", 10), ("assistant", 0)])
def test_reading_documents_gives_way_to_those_who_answer(module: str, given: int) -> None:
    command = [sys.executable, "-c", AFTER.format(module=module)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.stdout.splitlines()[-1] == str(min(os.nice(0) + given, 19)), run.stderr
