"""What the machine lacks is said loudly, and may not be lacking where it is required."""

import os
import subprocess
import sys

import pytest

from tests.support.server import ROOT

# A run of the browser's own tests on a machine that seems to have no chromium.
BLIND = """
import sys, pytest
from tests.support import needs
needs.chromium = lambda: None
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/support/test_browser.py", "-k", "good_page"]))
"""


def run_blind(**more: str) -> subprocess.CompletedProcess[str]:
    env = {n: v for n, v in os.environ.items() if n != "CI" and not n.startswith(("LINLI_", "PYTEST_"))}
    command = [sys.executable, "-c", BLIND]
    return subprocess.run(command, cwd=ROOT, env=env | more, capture_output=True, text=True, check=False)


def test_what_cannot_be_tested_is_skipped_with_one_loud_line():
    done = run_blind()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("NOT TESTED") == 1
    assert "NOT TESTED: 1 browser tests, because chromium is not installed" in done.stdout


@pytest.mark.parametrize("wish", [{"CI": "true"}, {"LINLI_TEST_REQUIRE": "postgres,browser"}])
@pytest.mark.browser
def test_what_is_required_is_not_skipped(wish: dict[str, str]):
    done = run_blind(**wish)
    assert "NOT TESTED" not in done.stdout
    assert "1 passed" in done.stdout or "1 failed" in done.stdout
