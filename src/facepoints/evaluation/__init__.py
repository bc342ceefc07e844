"""How good the finder is on labelled faces: metrics, the run over a data set, and its report."""
