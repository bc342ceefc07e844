"""Make the picture of docs/data.md anew: python docs/make_data_picture.py"""

from __future__ import annotations

import tempfile
from pathlib import Path

from facepoints import images
from facepoints.datasets import label_tiles, make_sample, take_inventory
from facepoints.report.contact_sheet import contact_sheet

ROOT = Path(__file__).parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        sample = make_sample(Path(temporary) / "sample", 12, picture=ROOT / "examples" / "astronaut.png")
        inventory = take_inventory(sample)
        tiles, captions = label_tiles(inventory, inventory.entries, size=200, on_error=refuse)
    images.write(ROOT / "docs" / "images" / "sample.jpg", contact_sheet(tiles, captions, 6), quality=80)


def refuse(path: Path, error: Exception) -> None:
    raise error


if __name__ == "__main__":
    main()
