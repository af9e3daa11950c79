// A list of steps that run one after the other; each is reported on a line of
// its own, and one that fails does not stop the rest.
'use strict';

const PATIENCE = 20000; // milliseconds for a step

module.exports = class Steps {
  constructor() {
    this.passed = 0;
    this.failed = 0;
  }

  async run(name, work) {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('took too long')), PATIENCE); });
    try {
      const result = await Promise.race([work(), late]);
      this.passed++;
      console.log('PASS ' + name);
      return result;
    } catch (err) {
      this.failed++;
      console.log('FAIL ' + name + ': ' + [err.name, err.status, err.message].filter(Boolean).join(' ').split('\n').join(' | '));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  // A step that must fail with that HTTP status.
  refused(name, status, work) {
    return this.run(name, async () => {
      let answer;
      try { answer = await work(); } catch (err) {
        if (err.status !== status) throw err;
        return err;
      }
      throw new Error('was not refused: ' + JSON.stringify(answer));
    });
  }

  end() {
    console.log(this.passed + ' passed, ' + this.failed + ' failed');
    process.exit(this.failed === 0 && this.passed > 0 ? 0 : 1);
  }
};

module.exports.same = (have, want, what) => {
  if (JSON.stringify(have) !== JSON.stringify(want)) {
    throw new Error(what + ' is ' + JSON.stringify(have) + ', want ' + JSON.stringify(want));
  }
};

module.exports.there = (object, ...names) => {
  for (const name of names) {
    if (object === null || object === undefined || object[name] === undefined) throw new Error('no ' + name + ' in ' + JSON.stringify(object));
  }
};
