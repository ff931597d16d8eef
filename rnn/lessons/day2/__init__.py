"""Day 2: LSTM and GRU, and writing a text character by character."""

TASKS = ("lstm_step", "lstm_backward_step", "gru_step", "sample_character", "write_characters")
