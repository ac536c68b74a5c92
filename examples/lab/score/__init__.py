"""How often the verdict is right, on every recording that has its truth beside it."""
