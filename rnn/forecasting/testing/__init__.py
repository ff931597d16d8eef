"""Series that the tests of forecasting share."""
