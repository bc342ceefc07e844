"""Collections: millions of pictures and videos, on one machine or a cluster."""
