// Drives the package syncano, unmodified, through what it can do with users.
// Environment: BASE (of the gateway), INSTANCE (at least five letters: the
// client checks), ACCOUNT_KEY, API_KEY (without flags), EMAIL, PASSWORD.
'use strict';

const fs = require('fs');
const http = require('http');
const https = require('https');
const os = require('os');
const path = require('path');
const Syncano = require('syncano');
const Steps = require('./steps');
const { same, there } = Steps;

const { BASE, INSTANCE, ACCOUNT_KEY, API_KEY, EMAIL, PASSWORD } = process.env;
const NAME = 'u' + Date.now().toString(36);
const place = { instanceName: INSTANCE };
const profiles = { instanceName: INSTANCE, className: 'user_profile' };

// A query set is no promise: its then() takes one function only.
const ask = set => new Promise((resolve, reject) => {
  const answer = set.request ? set.request().spread(first => first) : set;
  answer.then(resolve, reject);
});

// The raw answer of a query set, beside what the client makes of it.
const raw = set => new Promise((resolve, reject) => set.request().spread((_, body) => body).then(resolve, reject));

const fetch = url => new Promise((resolve, reject) => (url.startsWith('https:') ? https : http).get(url, res => {
  const parts = [];
  res.on('data', part => parts.push(part));
  res.on('end', () => resolve({ status: res.statusCode, type: res.headers['content-type'], body: Buffer.concat(parts).toString() }));
}).on('error', reject));

const ids = list => Array.from(list, object => object.id);

(async () => {
  const steps = new Steps();
  const admin = Syncano({ baseUrl: BASE, accountKey: ACCOUNT_KEY, defaults: place });
  const users = () => admin.User.please();
  const groups = () => admin.Group.please();

  // Accounts and instances.
  await steps.run('account: details', async () => there(await admin.Account.getUserDetails(), 'id', 'email'));
  await steps.run('account: login', async () => there(await admin.Account.login({ email: EMAIL, password: PASSWORD }, false), 'account_key'));
  await steps.refused('account: login with a wrong password', 401, () => admin.Account.login({ email: EMAIL, password: 'x' + PASSWORD }, false));
  await steps.run('account: update', async () => same((await admin.Account.update({ email: EMAIL, first_name: NAME })).first_name, NAME, 'first name'));
  await steps.run('instance: get', async () => same((await ask(admin.Instance.please().get({ name: INSTANCE }))).name, INSTANCE, 'name'));
  await steps.run('instance: list', async () => there((await ask(admin.Instance.please().list())).find(i => i.name === INSTANCE), 'links'));
  await steps.run('API key: create and delete', async () => {
    const key = await ask(admin.ApiKey.please().create({ instanceName: INSTANCE, description: NAME }));
    there(key, 'id', 'api_key');
    await ask(admin.ApiKey.please().delete({ instanceName: INSTANCE, id: key.id }));
  });

  // Users.
  const user = await steps.run('user: create', async () => {
    const made = await ask(users().create({ instanceName: INSTANCE, username: NAME, password: 'secret' }));
    there(made, 'id', 'user_key', 'links', 'profile');
    same(made.username, NAME, 'username');
    return made;
  });
  const id = user.id;
  const taken = await steps.refused('user: create a taken name', 400, () => ask(users().create({ instanceName: INSTANCE, username: NAME, password: 'x' })));
  await steps.run('user: what the client reads from the refusal', async () => same(taken.errors.username[0], 'This field must be unique.', 'message'));
  await steps.run('user: save a new model', async () => there(await admin.User({ instanceName: INSTANCE, username: NAME + 'm', password: 'secret', profile: {} }).save(), 'id', 'user_key'));
  await steps.run('user: get', async () => there(await ask(users().get({ id })), 'profile', 'groups'));
  await steps.refused('user: get a missing one', 404, () => ask(users().get({ id: 99999999 })));
  await steps.run('user: update (PATCH)', async () => same((await ask(users().update({ id }, { username: NAME + 'p' }))).username, NAME + 'p', 'username'));
  await steps.run('user: save a loaded model (PUT)', async () => {
    const loaded = await ask(users().get({ id }));
    loaded.username = NAME;
    loaded.password = 'secret2';
    same((await loaded.save()).username, NAME, 'username');
  });
  await steps.run('user: reset key', async () => {
    if ((await ask(users().resetKey({ id }))).user_key === user.user_key) throw new Error('the key is the old one');
    there(await (await ask(users().get({ id }))).resetKey(), 'user_key');
  });
  await steps.run('user: list', async () => {
    const list = await ask(users().list());
    if (!list.some(u => u.username === NAME)) throw new Error('the user is not in it');
    same(list.hasNext(), false, 'hasNext');
    same(list.hasPrev(), false, 'hasPrev');
  });

  // Pages, there and back.
  await steps.run('user: many pages', async () => {
    for (let n = 0; n < 7; n++) await ask(users().create({ instanceName: INSTANCE, username: NAME + 'n' + n, password: 'x' }));
    const all = ids(await ask(users().list()));
    const pages = [];
    let page = await ask(users().list().pageSize(2));
    for (; page.length > 0; page = await page.next()) {
      pages.push(ids(page));
      if (!page.hasNext()) break;
    }
    same([].concat(...pages), all, 'all pages together');
    page = page.length > 0 ? page : await page.prev();
    const back = [ids(page)];
    while (page.hasPrev()) {
      page = await page.prev();
      if (page.length === 0) break;
      back.unshift(ids(page));
    }
    same([].concat(...back), all, 'all pages backwards');
  });
  await steps.run('user: descending list', async () => {
    const list = ids(await ask(users().list().ordering('desc')));
    same(list, list.slice().sort((a, b) => b - a), 'order');
  });
  await steps.run('user: only some fields', async () => {
    const bare = await raw(users().list().fields(['id', 'username']));
    same(Object.keys(bare.objects[0]).sort(), ['id', 'username'], 'members');
    const rest = await raw(users().list().excludedFields(['links', 'profile', 'groups', 'user_key']));
    same(Object.keys(rest.objects[0]).sort(), ['id', 'username'], 'members');
  });

  // The schema of the profiles, and profiles as objects.
  const schema = [
    { name: 'age', type: 'integer', order_index: true, filter_index: true },
    { name: 'city', type: 'string', order_index: true, filter_index: true },
    { name: 'tags', type: 'array', filter_index: true },
    { name: 'avatar', type: 'file' },
  ];
  await steps.run('class: schema of the profiles', async () => {
    const changed = await ask(admin.Class.please().update({ instanceName: INSTANCE, name: 'user_profile' }, { schema }));
    same(changed.schema.map(f => f.name), schema.map(f => f.name), 'fields');
    there(await ask(admin.Class.please().get({ instanceName: INSTANCE, name: 'user_profile' })), 'schema', 'revision');
  });
  await steps.run('user: profile in the body', async () => {
    const changed = await ask(users().update({ id }, { profile: { age: 40, city: 'Rivia', tags: ['wolf'] } }));
    same([changed.profile.age, changed.profile.city, changed.profile.tags], [40, 'Rivia', ['wolf']], 'profile');
  });
  const objects = () => admin.DataObject.please();
  const one = { instanceName: INSTANCE, className: 'user_profile', id: user.profile.id };
  await steps.run('profile: others for the lists', async () => {
    const some = (await ask(users().list().pageSize(6))).filter(u => u.id !== id);
    const values = [[10, 'Cintra'], [20, 'Rivia'], [30, 'Aretuza']];
    for (let n = 0; n < values.length; n++) {
      await ask(users().update({ id: some[n].id }, { profile: { age: values[n][0], city: values[n][1] } }));
    }
  });
  await steps.run('profile: update as an object', async () => {
    const changed = await ask(objects().update(one, { age: 41 }));
    same([changed.age, changed.owner], [41, id], 'age and owner');
  });
  await steps.run('profile: operators', async () => {
    same((await ask(objects().increment(one, { age: 4 }))).age, 45, 'age');
    same((await ask(objects().add(one, { tags: ['cat', 'cat'] }))).tags, ['wolf', 'cat', 'cat'], 'tags');
    same((await ask(objects().remove(one, { tags: 'cat' }))).tags, ['wolf'], 'tags');
    same((await ask(objects().addUnique(one, { tags: ['wolf'] }))).tags, ['wolf'], 'tags');
  });
  await steps.run('profile: save a loaded model', async () => {
    const loaded = await ask(objects().get(one));
    same((await loaded.add('tags', ['cat'])).tags, ['wolf', 'cat'], 'tags');
    same((await loaded.remove('tags', ['cat'])).tags, ['wolf'], 'tags');
  });
  await steps.run('profile: filter', async () => {
    const ages = async filter => Array.from(await ask(objects().list(profiles).filter(filter)), o => o.age).sort();
    same(await ages({ age: { _gt: 15, _lt: 40 } }), [20, 30], 'ages between');
    same(await ages({ city: { _eq: 'Rivia' } }), [20, 45], 'ages in Rivia');
    same(await ages({ city: { _istartswith: 'CIN' } }), [10], 'ages by a prefix');
    same(await ages({ tags: { _contains: ['wolf'] } }), [45], 'ages of wolves');
    same(await ages({ age: { _in: [10, 99] } }), [10], 'ages in a list');
    same((await ask(objects().list(profiles).filter({ age: { _exists: false } }))).every(o => o.age === null), true, 'all without an age');
  });
  await steps.refused('profile: a bad filter', 400, () => ask(objects().list(profiles).filter({ nothing: { _eq: 1 } })));
  await steps.run('profile: order', async () => {
    const ordered = Array.from(await ask(objects().list(profiles).filter({ age: { _exists: true } }).orderBy('-age')), o => o.age);
    same(ordered, [45, 30, 20, 10], 'ages');
    const cities = Array.from(await ask(objects().list(profiles).filter({ city: { _exists: true } }).orderBy('city')), o => o.city);
    same(cities, ['Aretuza', 'Cintra', 'Rivia', 'Rivia'], 'cities');
  });
  await steps.run('profile: pages of a filtered order', async () => {
    const found = [];
    let page = await ask(objects().list(profiles).filter({ age: { _exists: true } }).orderBy('age').pageSize(2));
    for (; page.length > 0; page = await page.next()) {
      found.push(...Array.from(page, o => o.age));
      if (!page.hasNext()) break;
    }
    same(found, [10, 20, 30, 45], 'ages');
  });
  await steps.run('profile: count', async () => {
    const [list, body] = await new Promise((resolve, reject) => objects().list(profiles).count().request().then(resolve, reject));
    same(body.objects_count >= 8, true, 'a count of ' + body.objects_count + ' for ' + list.length);
  });
  await steps.run('profile: a file', async () => {
    const picture = path.join(os.tmpdir(), NAME + '.png');
    fs.writeFileSync(picture, 'not really a picture');
    try {
      await ask(objects().update(one, { avatar: Syncano.file(picture) }));
    } finally {
      fs.unlinkSync(picture);
    }
    const { avatar } = await ask(objects().get(one));
    same(avatar.type, 'file', 'type');
    same(await fetch(avatar.value), { status: 200, type: 'image/png', body: 'not really a picture' }, 'the file');
    await ask(users().update({ id }, { profile: { avatar: null } }));
    same((await fetch(avatar.value)).status, 404, 'status of the removed file');
  });

  // Groups and memberships.
  const group = await steps.run('group: save a new model', async () => {
    const made = await admin.Group({ instanceName: INSTANCE, label: 'g ' + NAME }).save();
    there(made, 'id', 'label', 'links');
    return made;
  });
  const gid = group.id;
  await steps.run('group: list, get, update', async () => {
    if (!(await ask(groups().list())).some(g => g.id === gid)) throw new Error('the group is not in the list');
    same((await ask(groups().get({ id: gid }))).id, gid, 'id');
    same((await ask(groups().update({ id: gid }, { label: 'h ' + NAME }))).label, 'h ' + NAME, 'label');
  });
  const ofUser = { user: id, instanceName: INSTANCE };
  const ofGroup = { id: gid, instanceName: INSTANCE };
  await steps.run('membership: join by the user', async () => same((await ask(users().addGroup(ofUser, { group: gid }))).id, gid, 'group'));
  await steps.refused('membership: join twice', 400, () => ask(users().addGroup(ofUser, { group: gid })));
  await steps.run('membership: groups of the user', async () => {
    if (!(await ask(users().getGroups(ofUser))).some(g => g.id === gid)) throw new Error('the group is not in the list');
    same((await ask(users().getGroup(ofUser, { id: gid, group: gid }))).id, gid, 'group');
  });
  await steps.run('membership: users of the group', async () => {
    if (!(await ask(groups().users(ofGroup))).some(u => u.id === id)) throw new Error('the user is not in the list');
    same((await ask(groups().getUserDetails(ofGroup, { user: id }))).id, id, 'user');
  });
  await steps.run('membership: leave and join by the group', async () => {
    await ask(groups().deleteUser(ofGroup, { user: id }));
    same((await ask(groups().addUser(ofGroup, { user: id }))).id, id, 'user');
  });
  await steps.run('membership: leave by the user', async () => { await ask(users().deleteGroup(ofUser, { id: gid, group: gid })); });

  await steps.run('batch: create, update, delete', async () => {
    const batch = () => admin.BatchManager({ instanceName: INSTANCE });
    const [made] = await batch().addSingleObject(admin.User({ instanceName: INSTANCE, username: NAME + 'b', password: 'x' }), 'create').batch();
    same(made.code, 201, 'code');
    there(made.content, 'id', 'username');
    const loaded = await ask(users().get({ id: made.content.id }));
    const [gone] = await batch().addSingleObject(loaded, 'delete').batch();
    same(gone.code, 204, 'code');
  });

  // The person's own side: an API key and a name with its password.
  const person = Syncano({ baseUrl: BASE, apiKey: API_KEY, defaults: place });
  const own = () => person.User.please();
  await steps.refused('own: login with a wrong password', 401, () => ask(Syncano({ baseUrl: BASE, apiKey: API_KEY }).User.please().login(place, { username: NAME, password: 'no' })));
  await steps.run('own: login', async () => {
    there(await ask(own().login(place, { username: NAME, password: 'secret2' })), 'user_key');
    same(typeof person.getUserKey(), 'string', 'the kept key');
  });
  await steps.run('own: get and update', async () => {
    same((await ask(own().get())).id, id, 'id');
    same((await ask(own().update({}, { password: 'secret3' }))).id, id, 'id');
    same((await ask(own().update({}, { profile: { city: 'Toussaint' } }))).profile.city, 'Toussaint', 'city');
  });
  await steps.run('own: login with the new password', async () => there(await ask(own().login(place, { username: NAME, password: 'secret3' })), 'user_key'));
  await steps.run('own: list shows oneself', async () => same(ids(await ask(own().list())), [id], 'ids'));
  await steps.refused('own: social login', 401, () => ask(own().socialLogin({ instanceName: INSTANCE, backend: 'facebook' }, { access_token: 'x' })));
  await steps.refused('own: delete is not allowed', 403, () => ask(own().delete({ id })));

  await steps.run('user: delete', async () => { await ask(users().delete({ id })); });
  await steps.refused('user: delete again', 404, () => ask(users().delete({ id })));
  await steps.run('group: delete', async () => { await ask(groups().delete({ id: gid })); });
  steps.end();
})();
