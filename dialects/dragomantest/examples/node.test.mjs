// node --test node.test.mjs, with dragoman on the path or in $DRAGOMAN.
import assert from 'node:assert'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'

let standIn, url
before(async () => {
  standIn = spawn(process.env.DRAGOMAN ?? 'dragoman',
    ['sandbox', '--listen', '127.0.0.1:0', '--output', 'json', '--exit-with-parent'], { stdio: ['pipe', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: standIn.stdout })) {
    url = JSON.parse(line).url
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

const key = '3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91'

// register makes the user ann and tries again when it is told to wait.
async function register(base) {
  for (;;) {
    const res = await fetch(`${base}/v1.1/instances/main/users/`, {
      method: 'POST', headers: { 'X-API-KEY': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'ann', password: 's3cret' }),
    })
    if (res.status !== 429) return res.status
    await new Promise(done => setTimeout(done, 1000 * Number(res.headers.get('Retry-After'))))
  }
}

describe('ten at once', { concurrency: true }, () => {
  for (let i = 0; i < 10; i++) {
    test(`sandbox ${i} has its own ann`, async () => {
      const { url: base } = await control('POST', '', { name: `test-${i}` })
      await control('POST', `/test-${i}/faults`, { operation: 'users.create', dialect: 'syncano', status: 429, retry_after: '1s', first: 1 })
      assert.equal(await register(base), 201)
      await control('POST', `/test-${i}/verify`, { operation: 'users.create', with: { username: 'ann' }, times: 2 })
      await control('DELETE', `/test-${i}`)
    })
  }
})
