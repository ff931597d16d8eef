"""Two days of exercises: a recurrent layer and its gradient through time, LSTM, GRU, writing."""
