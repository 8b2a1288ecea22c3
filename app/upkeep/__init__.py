"""Whether what is kept in the data folder is whole, and mending what can be mended."""
