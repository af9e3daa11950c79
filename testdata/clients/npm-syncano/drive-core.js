// Drives the package @syncano/core, unmodified, through what it does with users,
// groups, instances and objects. It writes, counts and logs in through v2; whatever
// it lists or finds it asks of v3.
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
    same((await client().instance.get(NAME)).name, NAME, 'name');
    if (!(await client().instance.list()).some(i => i.name === NAME)) throw new Error('the instance is not in the list');
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
  await steps.run('users: list', async () => {
    const list = await client().users.list();
    same(list.map(u => u.username), [NAME + 'x', NAME + '1', NAME + '2', NAME + '3'], 'names');
    there(list[0], 'id', 'created_at', 'user_key');
  });
  await steps.run('users: list page by page', async () => {
    same((await client().users.take(3).list()).length, 3, 'how many');
    same((await client().users.orderBy('id', 'DESC').take(1).list())[0].username, NAME + '3', 'the last one');
  });
  await steps.run('users: where', async () => {
    same((await client().users.where('username', 'in', [NAME + '1', NAME + '2']).list()).length, 2, 'how many');
    same((await client().users.where('username', 'startswith', (NAME + 'X').toUpperCase()).first()).id, user.id, 'id');
    same((await client().users.where('created_at', '>', '2015-02-23T12:00:00Z').pluck('id')).length, 4, 'how many');
    same(await client().users.where('username', 'no one').first(), null, 'no one');
    same((await client().users.where('id', user.id).orWhere('username', NAME + '1').list()).length, 2, 'how many of two queries');
  });
  await steps.run('users: find', async () => {
    same((await client().users.find(user.id)).username, NAME + 'x', 'username');
    same((await client().users.find([user.id, 99999999])).length, 1, 'how many');
    same((await client().users.findOrFail(user.id)).id, user.id, 'id');
    same((await client().users.fields('username as name').find(user.id)), { name: NAME + 'x' }, 'fields');
  });
  await steps.run('users: find or fail', async () => {
    let failed;
    try { await client().users.findOrFail(99999999); } catch (err) { failed = err; }
    same(failed && failed.name, 'NotFoundError', 'error');
  });
  await steps.run('users: first or create, update or create', async () => {
    same((await client().users.firstOrCreate({ username: NAME + 'x' })).id, user.id, 'id');
    there(await client().users.firstOrCreate({ username: NAME + '4' }, { password: 'secret' }), 'id', 'user_key');
    same((await client().users.updateOrCreate({ username: NAME + '4' }, { username: NAME + '5' })).username, NAME + '5', 'username');
  });

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
    same((await client().data[books].list()).map(b => [b.title, b.reader]), [['Time of Contempt', user.id]], 'list');
    same((await client().data[books].with('reader').where('title', 'contains', 'Contempt').first()).reader.username, NAME + 'x', 'reader');
    same((await client().data[books].find(made.id)).id, made.id, 'id');
    await client().data[books].delete(made.id);
    same(await client().data[books].count(), 0, 'how many are left');
  });
  await steps.run('class: delete', async () => { await client()._class.delete(books); });

  await steps.run('users: delete', async () => { await client().users.delete(user.id); });
  await steps.refused('users: delete again', 404, () => client().users.delete(user.id));
  steps.end();
})();
