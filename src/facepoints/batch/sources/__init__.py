"""Where the pictures of a collection come from: one module for each kind of source, to find and to read it."""
