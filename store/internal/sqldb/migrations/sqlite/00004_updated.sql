-- +goose Up
-- Users by when they changed. Those without a time come last.
CREATE INDEX users_updated ON users (realm, coalesce(updated_at, 9223372036854775807)) WHERE deleted_at IS NULL;
