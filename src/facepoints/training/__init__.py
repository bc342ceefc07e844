"""Training networks, and exporting them to ONNX; needs the extra [train]."""
