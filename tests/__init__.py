"""The tests: they mirror the tree; this package holds what several of them share."""
