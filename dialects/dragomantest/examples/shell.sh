#!/usr/bin/env bash
# A test in the shell: curl, and dragoman in $DRAGOMAN or on the path, are all that it needs.
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

sandbox() { "$dragoman" sandbox "$@" --url "$url"; }
expect() { [ "$2" = "$3" ] || { echo "$1: expected $3, got $2"; exit 1; }; }
# status PATH LOGIN [CURL OPTIONS] asks the sandbox of this test.
status() { curl -s -w '\n%{http_code}' -u "$2" "${@:3}" "$url/_sandbox/$mine$1" | tail -n 1; }
has() { grep -q -- "$1" || { echo "no $1"; exit 1; }; }
# add makes the user ann; curl waits as long as a refusal says, and tries again.
add() {
  expect "$mine, create" "$(status /users.json admin:changeme1 --retry 2 -H 'Content-Type: application/json' -d '{"user":
    {"login":"ann","email":"ann@example.com","first_name":"Ann","last_name":"Lee","password":"S3cret-pass!"}}')" 201
}

# other NAME is a test that runs beside, with the same user name.
other() {
  mine=$1
  sandbox create "$mine" >/dev/null
  add
  sandbox drop "$mine"
}

# story NAME is a test with all that a sandbox can do.
story() {
  mine=$1
  sandbox create "$mine" >/dev/null

  # The first call is refused.
  sandbox fault "$mine" '{"operation":"users.create","dialect":"onapp","status":429,"retry_after":"1s","first":1}' >/dev/null
  add
  sandbox verify "$mine" '{"operation":"users.create","status":429,"times":1}' >/dev/null
  sandbox verify "$mine" '{"operation":"users.create","status":201,"with":{"user":{"login":"ann"}},"times":1}' >/dev/null
  sandbox journal "$mine" --status 201 | has '"operation":"users.create"'
  sandbox snapshot "$mine" with-ann >/dev/null

  # The user is suspended when the clock comes to suspend_at.
  expect "$mine, update" "$(status /users/2.json admin:changeme1 -X PUT -H 'Content-Type: application/json' \
    -d '{"user":{"suspend_at":"2099-01-01 00:00:00"}}')" 204
  expect "$mine, before suspend_at" "$(status /version.json ann:S3cret-pass!)" 200
  sandbox clock "$mine" --set 2099-01-02T00:00:00Z >/dev/null
  expect "$mine, after suspend_at" "$(status /version.json ann:S3cret-pass!)" 401

  # The snapshot has no suspend_at yet.
  sandbox diff "$mine" with-ann | has '"object":"user ann of main","change":"changed"'
  sandbox reset "$mine" with-ann >/dev/null
  expect "$mine, after the reset" "$(status /version.json ann:S3cret-pass!)" 200
  sandbox drop "$mine"
  expect "$mine, after the drop" "$(status /version.json ann:S3cret-pass!)" 404
}

story test-0 &
tests=($!)
for i in 1 2 3 4 5 6 7 8 9; do
  other "test-$i" &
  tests+=($!)
done
for test in "${tests[@]}"; do wait "$test"; done
expect "sandboxes that are left" "$(sandbox list | grep -c '"name":"test-')" 0
echo passed
