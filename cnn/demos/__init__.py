"""What `brain run` shows of the vision track: networks trained, and what they see."""
