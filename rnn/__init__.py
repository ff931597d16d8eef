"""The sequence track: architectures as specs, recipes on real text, what the state remembers."""
