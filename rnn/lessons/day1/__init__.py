"""Day 1: a recurrent layer, forwards and backwards through time."""

TASKS = ("rnn_step", "rnn_forward", "rnn_backward_step", "rnn_backward", "clip_norm")
