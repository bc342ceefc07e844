"""A camera's pictures live, with drawings and filters: in a window of OpenCV, on a page of the browser, or in a
notebook.

Example::

    from facepoints import video
    from facepoints.video import webcam

    controls = webcam.Controls(webcam.switches_for([]), on=["points", "mirror"])
    show = webcam.Show(video.FaceTracker(), controls, webcam.Recorder("recordings"))
    with webcam.LivePage(controls, "camera 0") as page:
        print(page.address)
        webcam.run(webcam.open_live("0"), show, page)
"""

from facepoints.video.webcam.capture import Capture
from facepoints.video.webcam.controls import Controls, Switch, switches_for
from facepoints.video.webcam.loop import Display, run
from facepoints.video.webcam.newest import Newest
from facepoints.video.webcam.notebook import NotebookView, after
from facepoints.video.webcam.page import LivePage
from facepoints.video.webcam.playback import LoopedSource, open_live
from facepoints.video.webcam.recorder import Recorder, Recording
from facepoints.video.webcam.show import Show, Status
from facepoints.video.webcam.window import Window, windows_available

__all__ = [
    "Capture",
    "Controls",
    "Display",
    "LivePage",
    "LoopedSource",
    "Newest",
    "NotebookView",
    "Recorder",
    "Recording",
    "Show",
    "Status",
    "Switch",
    "Window",
    "after",
    "open_live",
    "run",
    "switches_for",
    "windows_available",
]
