"""The list of settings that changed results, for whoever asks what was set when, by whom."""
