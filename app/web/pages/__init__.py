"""The page and its tabs."""
