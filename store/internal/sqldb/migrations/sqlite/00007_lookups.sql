-- +goose Up
-- Records that find users and groups by a value had a kind for each value. Now they have
-- one kind, and keys that begin with the value.
INSERT INTO kinds (realm, kind)
  SELECT DISTINCT realm, substr(kind, 1, instr(kind, '/') - 1) FROM kinds
  WHERE kind LIKE 'scim.email/%' OR kind LIKE 'scim.external_id/%' OR kind LIKE 'scim.group_external_id/%';
UPDATE records SET
  id = now.no * 1099511627776 + (records.id & 1099511627775),
  scope = now.no,
  lookup = substr(was.kind, instr(was.kind, '/') + 1) || '/' ||
    coalesce(CAST(owner & 1099511627775 AS text), lookup, CAST(records.id & 1099511627775 AS text))
  FROM kinds was, kinds now
  WHERE was.no = records.scope AND now.realm = was.realm AND now.kind = substr(was.kind, 1, instr(was.kind, '/') - 1)
    AND (was.kind LIKE 'scim.email/%' OR was.kind LIKE 'scim.external_id/%' OR was.kind LIKE 'scim.group_external_id/%');
DELETE FROM kinds WHERE kind LIKE 'scim.email/%' OR kind LIKE 'scim.external_id/%' OR kind LIKE 'scim.group_external_id/%';
