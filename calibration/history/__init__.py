"""An instrument over the years: its certificates in turn, what happened between, what is due."""
