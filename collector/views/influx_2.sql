-- What is asked for often is found without a walk over all hours.
CREATE INDEX tally_aside ON tally (day_ns, start_ns, aside) WHERE aside > 0;
CREATE INDEX difference_open ON difference (start_ns) WHERE healed = 0;
CREATE INDEX aside_hour ON aside (channel, start_ns)
