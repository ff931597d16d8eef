"""Forecasts of time series: prepared without leakage, backtested beside baselines, with intervals.

    python -m rnn.forecasting airline --model forecast-gru --engine numpy --horizon 12

`preparation` transforms a series and takes it back; `forecasters` has naive rules, linear
autoregression and, in `networks`, networks of any engine behind one interface; `backtest` lets each
of them forecast from many origins, with intervals; `measures` says how far off they were.
theory/forecasting.md
"""
