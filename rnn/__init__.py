"""The sequence track: language models, forecasters and memories, as specs."""
