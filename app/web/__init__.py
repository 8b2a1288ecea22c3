"""The page: three tabs over the same services that the command line uses."""
