"""What `brain run` shows: each demo is a function `run(out, seed, quick, console) -> paths`."""
