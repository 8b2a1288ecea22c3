"""The skeleton of a report: lines, headings, lists, front and back matter."""
