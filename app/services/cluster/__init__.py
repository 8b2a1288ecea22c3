"""Check many drafts on the machines of a Dask cluster."""
