-- What the InfluxDB view remembers. Nothing here is evidence: deleted, the view is written anew.
CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), target TEXT NOT NULL,
  next INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
CREATE TABLE tally (channel TEXT NOT NULL, start_ns INTEGER NOT NULL, day_ns INTEGER NOT NULL,
  polls INTEGER NOT NULL, readings INTEGER NOT NULL, total REAL NOT NULL, magnitude REAL NOT NULL,
  aside INTEGER NOT NULL, PRIMARY KEY (day_ns, channel, start_ns)) STRICT, WITHOUT ROWID;
CREATE TABLE day (day_ns INTEGER PRIMARY KEY, due INTEGER NOT NULL,
  checked INTEGER NOT NULL) STRICT;
CREATE TABLE aside (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, epoch TEXT NOT NULL,
  leaf INTEGER NOT NULL, poll INTEGER NOT NULL, channel TEXT NOT NULL, start_ns INTEGER NOT NULL,
  code TEXT NOT NULL, message TEXT NOT NULL, UNIQUE (agent, epoch, leaf, channel, poll)) STRICT;
CREATE TABLE difference (channel TEXT NOT NULL, start_ns INTEGER NOT NULL, sign TEXT NOT NULL,
  expected INTEGER NOT NULL, found INTEGER NOT NULL, seen_ns INTEGER NOT NULL,
  healed INTEGER NOT NULL, PRIMARY KEY (channel, start_ns)) STRICT, WITHOUT ROWID
