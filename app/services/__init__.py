"""What the command line and the page both do, one module a task."""
