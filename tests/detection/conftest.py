import pytest

from facepoints.detection import pyramid


@pytest.fixture
def smallest_is_14(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest wanted face gets 14 pixels, so that sizes worked out by hand hold whatever the setting is."""
    monkeypatch.setattr(pyramid, "_SMALLEST", 14)
