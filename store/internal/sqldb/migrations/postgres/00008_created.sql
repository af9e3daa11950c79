-- +goose Up
-- Users by when they were created. Those without a time come last.
CREATE INDEX users_created ON users (realm, coalesce(created_at, 9223372036854775807), id) WHERE deleted_at IS NULL;
