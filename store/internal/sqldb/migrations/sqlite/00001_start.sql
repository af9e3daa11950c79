-- +goose Up
-- Every id is scope << 40 | number. A scope of users is realms.no, one of
-- groups, memberships and records is kinds.no. Times are microseconds of UTC.

CREATE TABLE realms (
  no      INTEGER PRIMARY KEY,
  name    TEXT    NOT NULL UNIQUE,
  users   INTEGER NOT NULL DEFAULT 0, -- all
  deleted INTEGER NOT NULL DEFAULT 0  -- those of them that are marked as deleted
);

CREATE TABLE kinds (
  no    INTEGER PRIMARY KEY,
  realm INTEGER NOT NULL REFERENCES realms,
  kind  TEXT    NOT NULL,
  UNIQUE (realm, kind)
);

-- next is the number that the next object gets: never one that was given before.
CREATE TABLE sequences (
  realm INTEGER NOT NULL REFERENCES realms,
  name  TEXT    NOT NULL,
  next  INTEGER NOT NULL,
  PRIMARY KEY (realm, name)
) WITHOUT ROWID;

CREATE TABLE users (
  id                  INTEGER PRIMARY KEY,
  realm               INTEGER NOT NULL,
  revision            INTEGER NOT NULL,
  enabled             INTEGER NOT NULL,
  deleted_at          INTEGER,
  enabled_until       INTEGER,
  created_at          INTEGER,
  updated_at          INTEGER,
  password_changed_at INTEGER,
  uid                 TEXT NOT NULL,
  uid_key             TEXT,          -- folded, if that differs
  username            TEXT NOT NULL,
  username_key        TEXT NOT NULL, -- folded
  email               TEXT NOT NULL,
  email_key           TEXT NOT NULL, -- folded; a key behind all others if there is none
  formatted           TEXT NOT NULL,
  given               TEXT NOT NULL,
  family              TEXT NOT NULL,
  name_key            TEXT,          -- the parts, folded, with 0x1F between
  password            TEXT NOT NULL,
  handles             TEXT NOT NULL, -- a JSON array: kind, value, kind, value...
  attributes          TEXT NOT NULL, -- a JSON object
  facets              BLOB NOT NULL  -- a JSON object of dialect and document
);
CREATE UNIQUE INDEX users_uid ON users (realm, uid);
CREATE UNIQUE INDEX users_username ON users (realm, username_key);
CREATE UNIQUE INDEX users_email ON users (realm, email_key);

-- For 512 users with neighbouring numbers, which groups of three bytes occur in
-- their texts: what a search can leave out. id is that of the users >> 9.
CREATE TABLE grams (
  id   INTEGER PRIMARY KEY,
  bits BLOB NOT NULL
);

-- The handles of users once more, to find them by.
CREATE TABLE handles (
  realm INTEGER NOT NULL REFERENCES realms,
  kind  TEXT    NOT NULL,
  value TEXT    NOT NULL,
  holder INTEGER NOT NULL,
  PRIMARY KEY (realm, kind, value)
) WITHOUT ROWID;

CREATE TABLE groups (
  id         INTEGER PRIMARY KEY,
  scope      INTEGER NOT NULL,
  parent     INTEGER NOT NULL,
  created_at INTEGER,
  updated_at INTEGER,
  uid        TEXT NOT NULL,
  key        TEXT,
  name       TEXT NOT NULL,
  body       BLOB
);
CREATE UNIQUE INDEX groups_uid ON groups (scope, uid);
CREATE UNIQUE INDEX groups_key ON groups (scope, key) WHERE key IS NOT NULL;
CREATE INDEX groups_name ON groups (scope, name);
CREATE INDEX groups_parent ON groups (scope, parent) WHERE parent <> 0;

CREATE TABLE memberships (
  id      INTEGER PRIMARY KEY,
  member  INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  grouping INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE
);
CREATE UNIQUE INDEX memberships_member ON memberships (member, grouping);
CREATE INDEX memberships_grouping ON memberships (grouping);

CREATE TABLE records (
  id         INTEGER PRIMARY KEY,
  scope      INTEGER NOT NULL,
  owner      INTEGER REFERENCES users ON DELETE CASCADE,
  revision   INTEGER NOT NULL,
  created_at INTEGER,
  updated_at INTEGER,
  key        TEXT, -- NULL is the decimal number
  body       BLOB
);
CREATE UNIQUE INDEX records_key ON records (scope, key) WHERE key IS NOT NULL;
CREATE INDEX records_owner ON records (owner, scope) WHERE owner IS NOT NULL;

-- Every commit makes a new state of the store, one above the last. The oldest
-- rows are dropped. changed says to other processes what to read again; where
-- there are none it is NULL.
CREATE TABLE states (
  version INTEGER PRIMARY KEY,
  writer  TEXT NOT NULL, -- the process that made it
  changed BLOB
);
INSERT INTO states (version, writer) VALUES (1, '');
