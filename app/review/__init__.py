"""The reviewers' side: submissions, verdicts, results."""
