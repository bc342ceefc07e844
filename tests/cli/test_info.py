"""``facepoints info``."""

import hashlib
import json
import platform
from pathlib import Path

import facepoints
from facepoints.cli.extras import EXTRAS
from tests.cli.conftest import run


def test_json_tells_versions_weights_and_terms() -> None:
    result = run("info", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    about = json.loads(result.stdout)
    assert (about["facepoints"], about["python"]) == (facepoints.__version__, platform.python_version())
    assert set(about["libraries"]) == {"numpy", "opencv", "onnxruntime"}
    assert about["licences"]["program"] == "MIT"
    assert "research use only" in about["licences"]["weights"]
    assert set(about["extras"]) == set(EXTRAS)
    assert "haar" in about["detectors"]
    assert ("compact", "keypoints") in [(known["name"], known["kind"]) for known in about["weights"]]
    for known in about["weights"]:
        content = Path(known["path"]).read_bytes()
        assert (known["size"], known["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert "research" in known["licence"]
        assert known["trained_on"]


def test_text_tells_the_same() -> None:
    about = json.loads(run("info", "--json").stdout)
    text = " ".join(run("info").stdout.split())
    assert f"facepoints {facepoints.__version__}" in text
    assert "program: MIT" in text
    assert "weights: research use only" in text
    for known in about["weights"]:
        assert f"weights {known['name']} (" in text
        assert known["sha256"] in text
        assert known["path"] in text
