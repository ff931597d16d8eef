"""What `brain run` shows of sequences: each demo is a module with `run(stage)`."""
