-- +goose Up
-- Users who may not act, to count them. The columns that are the same in each row let
-- SQLite count without reading the users.
CREATE INDEX users_disabled ON users (realm, enabled, deleted_at) WHERE enabled = 0 AND deleted_at IS NULL;
CREATE INDEX users_expiring ON users (realm, enabled_until, enabled, deleted_at) WHERE enabled = 1 AND enabled_until IS NOT NULL AND deleted_at IS NULL;
