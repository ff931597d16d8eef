"""How fast the engines are, side by side, on the machine at hand."""
