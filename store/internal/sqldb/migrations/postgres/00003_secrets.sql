-- +goose Up
-- The columns are renamed so that an earlier program that still runs fails, rather
-- than misreads them.

-- Handles of a program that did not seal them; '' since.
ALTER TABLE users RENAME COLUMN handles TO unsealed;
-- In a box: a JSON array of kind, value, kind, value...
ALTER TABLE users ADD COLUMN secrets bytea;

-- The digest of the value.
ALTER TABLE handles RENAME COLUMN value TO lookup;

-- NULL is the decimal number; of a kind with secret keys the digest.
ALTER TABLE records RENAME COLUMN key TO lookup;
-- In a box: the key and the body, as far as they are secret.
ALTER TABLE records ADD COLUMN secrets bytea;
ALTER TABLE groups ADD COLUMN secrets bytea;

-- The keys of all boxes; '' is none. complete says that every box is of that key.
CREATE TABLE seals (
  key      text COLLATE "C" PRIMARY KEY,
  proof    bytea  NOT NULL, -- a box
  complete bigint NOT NULL
);

CREATE TABLE secret_kinds (
  kind text COLLATE "C" PRIMARY KEY,
  key  bigint NOT NULL, -- the keys of records are secret
  body bigint NOT NULL
);
