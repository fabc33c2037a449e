-- Derived from the ledger: nothing here is evidence. Rebuilt when deleted or of an earlier version,
-- all but the statements that were given (activity), and that some were given again (activity_again).
CREATE TABLE channel (channel TEXT PRIMARY KEY, agent TEXT NOT NULL, head BLOB NOT NULL,
  last_ms INTEGER NOT NULL, last_value REAL NOT NULL, last_quality TEXT NOT NULL) STRICT;
CREATE TABLE open_hour (channel TEXT PRIMARY KEY, position INTEGER NOT NULL,
  body BLOB NOT NULL) STRICT;
CREATE TABLE pattern (id INTEGER PRIMARY KEY, channel TEXT NOT NULL, kind TEXT NOT NULL,
  body BLOB NOT NULL) STRICT;
CREATE INDEX pattern_channel ON pattern (channel, kind);
CREATE TABLE window (channel TEXT NOT NULL, start_ns INTEGER NOT NULL, version INTEGER NOT NULL,
  pattern INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (channel, start_ns, version)) STRICT, WITHOUT ROWID;
CREATE TABLE mean (channel TEXT NOT NULL, start_ns INTEGER NOT NULL, version INTEGER NOT NULL,
  pattern INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (channel, start_ns, version)) STRICT, WITHOUT ROWID;
CREATE TABLE day (channel TEXT NOT NULL, start_ns INTEGER NOT NULL, pattern INTEGER, body BLOB,
  PRIMARY KEY (channel, start_ns)) STRICT, WITHOUT ROWID;
CREATE INDEX day_due ON day (start_ns) WHERE body IS NULL;
CREATE INDEX window_start ON window (start_ns);
CREATE INDEX mean_start ON mean (start_ns);
CREATE TABLE shown (channel TEXT NOT NULL, at_ns INTEGER NOT NULL, state TEXT NOT NULL,
  value REAL NOT NULL, received_ns INTEGER NOT NULL, PRIMARY KEY (channel, at_ns))
  STRICT, WITHOUT ROWID;
CREATE TABLE reading_index (channel TEXT NOT NULL, first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL, agent TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (channel, first_ms, agent, epoch, sequence)) STRICT, WITHOUT ROWID;
CREATE TABLE fault (agent TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL,
  subject TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, message_zh TEXT NOT NULL,
  received_ns INTEGER NOT NULL,
  PRIMARY KEY (agent, epoch, sequence, subject, code)) STRICT;
CREATE TABLE document (sha256 TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  agent TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL, received_ns INTEGER NOT NULL,
  PRIMARY KEY (agent, epoch, sequence)) STRICT;
CREATE TABLE record (agent TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL,
  place INTEGER NOT NULL, position INTEGER NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (agent, epoch, sequence, place)) STRICT;
CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL,
  late INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS activity (digest TEXT PRIMARY KEY, channel TEXT NOT NULL,
  start TEXT NOT NULL, "end" TEXT NOT NULL, stated_ns INTEGER NOT NULL, body BLOB NOT NULL,
  under_plan INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS activity_again (digest TEXT NOT NULL, stated_ns INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS activity_period ON activity (channel, start, "end", stated_ns);
