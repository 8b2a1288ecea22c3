"""One module a task: what is run and how it is told."""
