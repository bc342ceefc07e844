"""``python -m facepoints`` is the same as ``facepoints``."""

from facepoints.cli import main

if __name__ == "__main__":
    main()
