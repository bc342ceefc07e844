"""What a score is trained to mean is what :mod:`facepoints.analysis.confidence` takes it to mean."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from facepoints.analysis.confidence import point_qualities  # noqa: E402
from facepoints.training.losses import point_quality  # noqa: E402


def test_training_and_analysis_agree_on_the_quality_of_a_point() -> None:
    size = 96
    distances = np.linspace(0, 0.2 * size, 50)
    trained = point_quality(torch.from_numpy(distances), size).numpy()
    np.testing.assert_allclose(trained, point_qualities(distances / size), rtol=1e-6)
