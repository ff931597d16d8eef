"""`python -m rnn.forecasting`: forecast a series by a network of any engine, beside baselines."""

from rnn.forecasting.command import main

if __name__ == "__main__":
    main()
