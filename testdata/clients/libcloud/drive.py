"""Drives the OnApp driver of Apache Libcloud, as published, against a gateway.

Usage: drive.py HOST PORT NAME SECRET. Prints a line for each step, and at the end
how many passed and failed.
"""
import sys

from libcloud.compute.drivers.onapp import OnAppNodeDriver

KEY = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDA ada@laptop'


def driver(host, port, name, secret):
    return OnAppNodeDriver(key=name, secret=secret, secure=False, host=host, port=int(port))


def expect(have, want):
    if have != want:
        raise AssertionError('%r, want %r' % (have, want))


def refused(onapp):
    try:
        onapp.list_key_pairs()
    except Exception as e:  # its class depends on the release; it holds the body
        if 'Invalid login or password' in repr((e.args, vars(e))):
            return
        raise AssertionError(repr((e.args, vars(e))))
    raise AssertionError('a wrong password is let in')


def key_pair(onapp):
    added = onapp.import_key_pair_from_string('ignored', KEY)
    expect(added.public_key, KEY)
    expect(onapp.get_key_pair(added.name).public_key, KEY)
    expect([k.name for k in onapp.list_key_pairs()], [added.name])
    expect(onapp.delete_key_pair(added), True)
    expect(onapp.list_key_pairs(), [])


def main():
    host, port, name, secret = sys.argv[1:]
    onapp = driver(host, port, name, secret)
    steps = [
        ('servers', lambda: expect(onapp.list_nodes(), [])),
        ('images', lambda: expect(onapp.list_images(), [])),
        ('key pairs', lambda: expect(onapp.list_key_pairs(), [])),
        ('a key pair', lambda: key_pair(onapp)),
        ('a wrong password', lambda: refused(driver(host, port, name, secret + 'x'))),
    ]
    failed = 0
    for what, step in steps:
        try:
            step()
            print('ok', what)
        except Exception as e:
            failed += 1
            print('FAIL %s: %s' % (what, e))
    print('%d passed, %d failed' % (len(steps) - failed, failed))


main()
