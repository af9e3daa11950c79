-- +goose Up
-- What processes say of themselves to the others: no part of the store's state.
CREATE TABLE notes (
  name     text COLLATE "C" PRIMARY KEY,
  noted_at bigint NOT NULL,
  text     text NOT NULL
);
