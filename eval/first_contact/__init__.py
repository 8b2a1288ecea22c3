"""What strangers bring: how the product reads material that its makers have never seen."""
