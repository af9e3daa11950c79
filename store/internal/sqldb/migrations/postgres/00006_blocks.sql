-- +goose Up
-- How many users with neighbouring numbers there are, of up to 2,048: what a page far
-- behind in a list passes over. id is that of the users >> 11.
CREATE TABLE blocks (
  id      bigint PRIMARY KEY,
  users   bigint NOT NULL, -- all
  deleted bigint NOT NULL  -- those of them that are marked as deleted
);
INSERT INTO blocks (id, users, deleted) SELECT id >> 11, count(*), count(deleted_at) FROM users GROUP BY id >> 11;
