"""Things to wear, masks and privacy, drawn on faces.

Example::

    from facepoints import filters

    worn = filters.load("sunglasses").apply(image, faces)
    both = filters.stack([filters.load("straw-hat"), filters.load("sunglasses")]).apply(image, faces)
    mine = filters.load("folder/with/a/filter.toml")
"""

from facepoints.filters.catalogue import NAMES, load
from facepoints.filters.filter import Filter, stack

__all__ = ["NAMES", "Filter", "load", "stack"]
