"""One page per idea; the tests check every citation, every equation and every example."""
