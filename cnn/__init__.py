"""The vision track: architectures as specs, recipes on real images, what the filters see."""
