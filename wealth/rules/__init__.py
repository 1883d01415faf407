"""The arithmetic of wealth products: pure, without Django, proved by published numbers."""
