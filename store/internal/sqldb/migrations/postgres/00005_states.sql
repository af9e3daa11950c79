-- +goose Up
-- Users who may not act, to count them.
CREATE INDEX users_disabled ON users (realm, id) WHERE enabled = 0 AND deleted_at IS NULL;
CREATE INDEX users_expiring ON users (realm, enabled_until, id) WHERE enabled = 1 AND enabled_until IS NOT NULL AND deleted_at IS NULL;
