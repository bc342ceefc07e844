"""Training of the face detector: scenes, targets, losses, the run and its export."""
