"""The web: an HTTP service, a live socket and a page; ``pip install 'facepoints[web]'``, then ``facepoints serve``.

Importing this package loads nothing of it; :func:`facepoints.web.app.create_app` makes the application.
"""
