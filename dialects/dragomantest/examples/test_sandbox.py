"""pytest test_sandbox.py, with dragoman on the path or in $DRAGOMAN."""
import base64
import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest

APPLICATION = "aa136fbd-26cc-448f-af0a-cf98fe165cc6"  # the one of eContext itself


@pytest.fixture(scope="session")
def stand_in():
    command = [os.environ.get("DRAGOMAN", "dragoman"), "sandbox", "--listen", "127.0.0.1:0", "--output", "json", "--exit-with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())["url"]
        process.stdin.close()


def ask(method, url, body=None, login=None):
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
    if body is not None:
        request.add_header("Content-Type", "application/json")
    if login:
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


@pytest.fixture
def sandbox(stand_in):
    made = json.loads(ask("POST", stand_in + "/_dragoman/sandboxes", {})[1])
    control = stand_in + "/_dragoman/sandboxes/" + made["name"]
    yield made["url"], control
    ask("DELETE", control)


@pytest.mark.parametrize("number", range(3))
def test_each_sandbox_has_its_own_ann(sandbox, number):
    base, control = sandbox
    user = {"username": "ann", "email": "ann@example.com", "password": "S3cret-pass!", "applications": [APPLICATION]}
    assert ask("POST", base + "/api/users/user", user, "admin:changeme1")[0] == 200
    assert ask("POST", control + "/verify", {"operation": "users.create", "times": 1})[0] == 200
