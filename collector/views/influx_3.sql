-- Which series an agent has in the database, by a digest of each, and what was left out beyond them.
CREATE TABLE series (agent TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (agent, digest)) WITHOUT ROWID;
CREATE TABLE beyond (agent TEXT NOT NULL, channel TEXT NOT NULL, epoch TEXT NOT NULL, leaf INTEGER NOT NULL,
  polls INTEGER NOT NULL, PRIMARY KEY (agent, channel)) WITHOUT ROWID
