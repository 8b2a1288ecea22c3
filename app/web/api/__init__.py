"""What the page, and other programs, may ask for: plain values in, plain values out."""
