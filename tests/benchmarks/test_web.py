import re

from tests.benchmarks.conftest import Run


def test_hostile_requests_get_no_500(run: Run) -> None:
    printed = run("web_hostile.py", "--requests", "400", "--seed", "7")  # it fails by its exit code
    assert "0 wrong answers, alive" in printed
    counts = {answer: int(count) for count, answer in re.findall(r"^ *(\d+)  (.+)$", printed, re.MULTILINE)}
    assert {"200", "400", "404", "405", "413", "415", "422", "live"} <= set(counts)


def test_latency_is_measured(run: Run) -> None:
    printed = run("web_latency.py", "--rounds", "2")
    assert len(re.findall(r"median +[\d.]+ ms", printed)) == 3
