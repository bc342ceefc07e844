"""Collections: the faces of any number of pictures as two tables, on one machine or a cluster.

``pip install 'facepoints[batch]'``; for a Ray cluster ``'facepoints[cluster]'``. Example::

    from facepoints import batch, formats

    summary = batch.run(["photos/"], "results")
    for name, faces in formats.read("results"):
        ...
"""
