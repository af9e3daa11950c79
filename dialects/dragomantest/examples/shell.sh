#!/usr/bin/env bash
# A test in the shell: dragoman in $DRAGOMAN, or on the path, is all that it needs.
set -euo pipefail
dragoman=${DRAGOMAN:-dragoman}
work=$(mktemp -d)
trap 'exec 3>&-; wait; rm -rf "$work"' EXIT

# The stand-in ends when this shell does: it reads what nothing is written to.
mkfifo "$work/in"
"$dragoman" sandbox --listen 127.0.0.1:0 --output json --exit-with-parent <"$work/in" >"$work/ready" &
exec 3>"$work/in"
until [ -s "$work/ready" ]; do kill -0 $!; sleep 0.05; done # it has ended if kill fails
url=$(sed 's/.*"url":"\([^"]*\)".*/\1/' "$work/ready")
sandbox() { "$dragoman" sandbox "$@" --url "$url" >/dev/null; }
status() { curl -s -o /dev/null -w '%{http_code}' -u "$1" "$url/_sandbox/mine$2"; }
expect() { [ "$1" = "$2" ] || { echo "expected $2, got $1"; exit 1; }; }

sandbox create mine
curl -sf -o /dev/null -u admin:changeme1 -H 'Content-Type: application/json' "$url/_sandbox/mine/users.json" -d '{"user":
  {"login":"ann","email":"ann@example.com","first_name":"Ann","last_name":"Lee","password":"S3cret-pass!",
   "suspend_at":"2099-01-01 00:00:00"}}'
sandbox snapshot mine with-ann

# A refusal for one call; the client tries again.
sandbox fault mine '{"operation":"users.list","dialect":"onapp","status":429,"retry_after":"1s","first":1}'
expect "$(status admin:changeme1 /users.json)" 429
expect "$(status admin:changeme1 /users.json)" 200
sandbox verify mine '{"operation":"users.list","status":429,"times":1}'

# The user is suspended when the clock comes to suspend_at.
expect "$(status ann:S3cret-pass! /version.json)" 200
sandbox clock mine --set 2099-01-02T00:00:00Z
expect "$(status ann:S3cret-pass! /version.json)" 401

sandbox reset mine with-ann
sandbox drop mine
echo passed
