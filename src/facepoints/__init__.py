"""Every face in a picture and the 68 keypoints on each."""

__version__ = "0.1.0"
