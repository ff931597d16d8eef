"""The commands of `brain`, one file each; each imports what it needs when it is run."""
