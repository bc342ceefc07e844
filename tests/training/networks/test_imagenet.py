from typing import Any
from urllib.error import URLError

import pytest

torch = pytest.importorskip("torch")
models = pytest.importorskip("torchvision").models

from facepoints.errors import InputError  # noqa: E402
from facepoints.training.networks import create  # noqa: E402
from facepoints.training.networks.imagenet import VggEncoder  # noqa: E402

LOAD = "torchvision.models._api.load_state_dict_from_url"


def test_vgg_has_the_layers_of_torchvision() -> None:
    with torch.device("meta"):
        theirs = models.vgg11().features
    ours = VggEncoder().layers
    assert [repr(layer) for layer in ours] == [repr(layer) for layer in theirs[: len(ours)]]
    for layer in ours:
        if isinstance(layer, torch.nn.Conv2d):
            # He et al., "Delving Deep into Rectifiers", ICCV 2015, by the number of outputs.
            assert float(layer.weight.detach().std()) == pytest.approx((2 / (9 * layer.out_channels)) ** 0.5, rel=0.1)
            assert not layer.bias.any()


def test_weights_of_vgg(monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in models.vgg11().state_dict().items() if "features" in name}
    weights = {name: torch.randn(shape) for name, shape in shapes.items()}
    monkeypatch.setattr(LOAD, lambda *_, **__: {**weights, "classifier.0.bias": torch.zeros(4096)})
    encoder = VggEncoder("features.8", pretrained=True)
    assert encoder.frozen
    assert encoder.channels == (256,)
    assert len(encoder.layers) == 9
    torch.testing.assert_close(encoder.layers[8].weight, weights["features.8.weight"])
    with pytest.raises(InputError, match=r"VGG-11 has no layer 'features\.21'; known are features\.0 to features\.20"):
        VggEncoder("features.21")


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "squeezenet"])
def test_weights_that_cannot_be_downloaded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any, **__: Any) -> Any:
        raise URLError("no network")

    monkeypatch.setattr(LOAD, load)
    with pytest.raises(InputError, match=r"cannot download torchvision's ImageNet weights \(.*no network.*\); train"):
        create(name, pretrained=True)
