"""An ordinary user, where root runs the suite."""

import subprocess
import sys
import sysconfig

import pytest

from tests.faults.processes import ROOT

NOBODY = 65534


@pytest.fixture
def ordinary_python():
    """`run(program, environment)` as `nobody`, by a Python that `nobody` can start."""
    same_version = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    packages = sysconfig.get_path("purelib")

    def run(program, environment, python=sys.executable):
        return subprocess.run(
            [python, "-c", program],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": f"{ROOT}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"},
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    for python in (sys.executable, same_version):
        try:
            if run("import django, psycopg", {"PATH": "/usr/bin:/bin"}, python).returncode == 0:
                return lambda program, environment, python=python: run(program, environment, python)
        except OSError:
            continue
    pytest.skip("no Python here that the user nobody can start")
