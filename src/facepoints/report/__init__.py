"""Parts that reports are made of: HTML pages, plots, contact sheets and pictures of single faces."""
