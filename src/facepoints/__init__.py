"""Every face in a picture and the 68 keypoints on each.

Example::

    import facepoints

    image = facepoints.read("photo.jpg")
    faces = facepoints.find(image)
    drawn = facepoints.draw(image, faces)
"""

from facepoints.analysis import align
from facepoints.drawing import draw
from facepoints.errors import FacepointsError
from facepoints.faces import Face, Faces
from facepoints.finder import FaceFinder, find
from facepoints.images import read

__version__ = "0.1.0"

__all__ = ["Face", "FaceFinder", "FacepointsError", "Faces", "__version__", "align", "draw", "find", "read"]
