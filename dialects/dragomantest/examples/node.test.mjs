// node --test node.test.mjs, with dragoman on the path or in $DRAGOMAN, where the client is installed:
// npm install syncano@1.0.30 (the client of Syncano's API v1.1; 2.0 is that of v2, whose users have no keys).
import assert from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'

const Syncano = createRequire(process.cwd() + '/')('syncano')

let standIn, url, apiKey
before(async () => {
  standIn = spawn(process.env.DRAGOMAN ?? 'dragoman',
    ['sandbox', '--listen', '127.0.0.1:0', '--output', 'json', '--exit-with-parent'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(standIn, 'spawn') // fails if there is no such program
  for await (const line of createInterface({ input: standIn.stdout })) {
    const ready = JSON.parse(line)
    url = ready.url
    apiKey = ready.credentials.syncano.instances.find(i => i.name === 'people').api_keys[0].key
    break
  }
})
after(() => standIn.stdin.end())

// control sends a call of the control API and returns its answer.
async function control(method, path, body) {
  const res = await fetch(`${url}/_dragoman/sandboxes${path}`, { method, body: JSON.stringify(body) })
  const text = await res.text()
  assert.ok(res.ok, text)
  return text ? JSON.parse(text) : undefined
}

// onapp sends a call of OnApp's API and returns its status.
async function onapp(base, login, method, path, body) {
  const headers = { Authorization: 'Basic ' + Buffer.from(login).toString('base64'), 'Content-Type': 'application/json' }
  return (await fetch(base + path, { method, headers, body: JSON.stringify(body) })).status
}

describe('ten at once', { concurrency: true }, () => {
  for (let i = 0; i < 10; i++) {
    test(`sandbox ${i} has its own ann`, async () => {
      const name = `test-${i}`
      const { url: base } = await control('POST', '', { name })

      // The first call is refused; the client waits as long as it is told, and tries again.
      await control('POST', `/${name}/faults`, { operation: 'users.create', dialect: 'syncano', status: 429, retry_after: '1s', first: 1 })
      const client = Syncano({ baseUrl: base, apiKey, defaults: { instanceName: 'people' } })
      const ann = await client.User.please().create({ instanceName: 'people', username: 'ann', password: 's3cret-pass' })
      assert.ok(ann.user_key)
      const { entries } = await control('GET', `/${name}/journal?operation=users.create`)
      assert.deepEqual(entries.map(e => e.status), [429, 201])
      await control('POST', `/${name}/verify`, { operation: 'users.create', with: { username: 'ann' }, times: 2 })
      await control('POST', `/${name}/snapshots`, { name: 'with-ann' })

      // The user is suspended when the clock comes to suspend_at, which is OnApp's.
      assert.equal(await onapp(base, 'admin:changeme1', 'PUT', `/users/${ann.id}.json`, { user: { suspend_at: '2099-01-01 00:00:00' } }), 204)
      assert.equal(await onapp(base, 'ann:s3cret-pass', 'GET', '/version.json'), 200)
      await control('PUT', `/${name}/clock`, { set: '2099-01-02T00:00:00Z' })
      assert.equal(await onapp(base, 'ann:s3cret-pass', 'GET', '/version.json'), 401)

      // The snapshot has no suspend_at yet.
      await control('POST', `/${name}/reset`, { snapshot: 'with-ann' })
      assert.equal(await onapp(base, 'ann:s3cret-pass', 'GET', '/version.json'), 200)
      await control('DELETE', `/${name}`)
      await assert.rejects(control('GET', `/${name}`))
    })
  }
})
