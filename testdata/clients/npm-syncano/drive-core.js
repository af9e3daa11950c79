// Drives the package @syncano/core, unmodified, through what it does with users
// in v2: it creates, counts, updates, deletes, logs in and manages groups there.
// Whatever it lists or finds it asks of v3, which is not served: those calls are
// not driven, and one of them is shown to fail in a way the client understands.
// The client speaks HTTPS only, and keeps the query of one call for the next, so
// that each step has a client of its own.
// Environment: SYNCANO_HOST (host and port), INSTANCE, ACCOUNT_KEY, EMAIL, PASSWORD.
'use strict';

const Server = require('@syncano/core');
const Steps = require('./steps');
const { same, there } = Steps;

const { INSTANCE, ACCOUNT_KEY, EMAIL, PASSWORD } = process.env;
const NAME = 'c' + Date.now().toString(36);
const client = () => new Server({ token: ACCOUNT_KEY, accountKey: ACCOUNT_KEY, instanceName: INSTANCE });

(async () => {
  const steps = new Steps();

  await steps.run('account: get and login', async () => {
    there(await client().account.get(ACCOUNT_KEY), 'id', 'email');
    there(await client().account.login({ email: EMAIL, password: PASSWORD }), 'account_key');
  });
  await steps.refused('account: login with a wrong password', 401, () => client().account.login({ email: EMAIL, password: 'x' + PASSWORD }));
  await steps.run('account: register', async () => there(await client().account.register({ email: NAME + '@example.com', password: 'secret' }), 'account_key'));
  await steps.run('instance: create and delete', async () => {
    there(await client().instance.create({ name: NAME }), 'name', 'links');
    await client().instance.delete(NAME);
  });

  const user = await steps.run('users: create', async () => {
    const made = await client().users.create({ username: NAME, password: 'secret' });
    there(made, 'id', 'username', 'user_key', 'acl');
    return made;
  });
  const taken = await steps.refused('users: create a taken name', 400, () => client().users.create({ username: NAME, password: 'secret' }));
  await steps.run('users: what the client reads from the refusal', async () => same(taken.message, 'username: This field must be unique.', 'message'));
  await steps.run('users: create many at once (batch)', async () => {
    const made = await client().users.create([1, 2, 3].map(n => ({ username: NAME + n, password: 'secret' })));
    same(made.length, 3, 'how many');
  });
  await steps.run('users: count', async () => {
    same(await client().users.count(), 4, 'how many');
    same(await client().users.where('username', 'in', [NAME, NAME + '1']).count(), 4, 'how many, whatever the query');
  });
  await steps.run('users: update', async () => same((await client().users.update(user.id, { username: NAME + 'x' })).username, NAME + 'x', 'username'));
  await steps.refused('users: update a missing one', 404, () => client().users.update(99999999, { username: 'x' }));
  await steps.run('users: login', async () => there(await client().users.login({ username: NAME + 'x', password: 'secret' }), 'id', 'user_key'));
  await steps.refused('users: login with a wrong password', 401, () => client().users.login({ username: NAME + 'x', password: 'no' }));
  await steps.refused('users: login with a wrong name', 401, () => client().users.login({ username: NAME + 'y', password: 'no' }));
  await steps.refused('users: list (v3)', 404, () => client().users.list());

  const label = 'g' + NAME;
  await steps.run('groups: create', async () => there(await client().groups.create(label, 'a group'), 'id', 'label'));
  await steps.run('groups: members', async () => {
    const { groups } = client();
    there(await groups.addUser(label, user.id), 'user');
    same((await groups.get(label)).users.map(m => m.user.id), [user.id], 'members');
    same((await groups.user(user.id)).map(g => g.label), [label], 'groups');
    await groups.removeUser(label, user.id);
    same((await groups.user(user.id)).length, 0, 'groups left');
  });
  await steps.run('groups: list and delete', async () => {
    const { groups } = client();
    if (!(await groups.list()).some(g => g.label === label)) throw new Error('the group is not in the list');
    await groups.delete(label);
    if ((await groups.list()).some(g => g.label === label)) throw new Error('the group is still in the list');
  });

  const books = 'books_' + NAME;
  await steps.run('class: create', async () => there(await client()._class.create({ name: books, schema: [
    { name: 'title', type: 'string', filter_index: true, order_index: true }, { name: 'reader', type: 'reference', target: 'user' },
  ] }), 'name', 'schema'));
  await steps.run('data: create, update, count, delete', async () => {
    const made = await client().data[books].create({ title: 'Blood of Elves', reader: user.id });
    there(made, 'id', 'acl', 'revision');
    same((await client().data[books].update(made.id, { title: 'Time of Contempt' })).title, 'Time of Contempt', 'title');
    same(await client().data[books].count(), 1, 'how many');
    await client().data[books].delete(made.id);
    same(await client().data[books].count(), 0, 'how many are left');
  });
  await steps.run('class: delete', async () => { await client()._class.delete(books); });

  await steps.run('users: delete', async () => { await client().users.delete(user.id); });
  await steps.refused('users: delete again', 404, () => client().users.delete(user.id));
  steps.end();
})();
