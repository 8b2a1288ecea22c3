"""Which figures belong together: sums, rates, trends, progress."""
