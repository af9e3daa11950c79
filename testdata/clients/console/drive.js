"use strict";
// Opens every page of a console in a real browser, in light and dark, wide and narrow,
// and uses every form. Each step prints "ok NAME" or "FAIL NAME: cause".
// Environment: BASE (the console's address), STANDIN (that of a stand-in for tests), USERNAME, PASSWORD, CHROMIUM, SHOTS (a folder
// for pictures, or empty).
const { chromium } = require("playwright-core");
const path = require("path");

const axe = require.resolve("axe-core/axe.min.js");
const { BASE, STANDIN, USERNAME, PASSWORD, CHROMIUM, SHOTS } = process.env;
// patience is how long a step may wait, in ms: a busy machine is slow.
const patience = 120000;
let passed = 0, failed = 0;

async function step(name, fn) {
  const began = Date.now();
  try {
    await fn();
    passed++;
    console.log("ok " + name + " " + (Date.now() - began) + " ms");
  } catch (e) {
    failed++;
    console.log("FAIL " + name + ": " + String(e.message || e).split("\n").slice(0, 6).join(" | "));
  }
}

function must(ok, text) { if (!ok) throw new Error(text); }

// watch notes what must not happen on any page.
function watch(page, faults, base) {
  page.on("console", (m) => { if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) faults.push("console: " + m.text()); });
  page.on("pageerror", (e) => faults.push("script: " + e.message));
  page.on("request", (r) => { if (!r.url().startsWith(new URL(base).origin)) faults.push("request to " + r.url()); });
}

// look checks one page as it stands.
async function look(page, name, faults) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  must(wide <= 0, name + " is " + wide + " px wider than the window");
  // In the second look, only what differs in the dark; of long tables, the first rows.
  const dark = /-dark-/.test(name);
  if (!dark || /^(sign-in|users|user|key-form|live|sandboxes)-/.test(name)) await accessible(page, name, dark ? ["color-contrast"] : null);
  must(faults.length === 0, name + ": " + faults.join("; "));
  if (SHOTS) await shoot(page, name);
}

async function accessible(page, name, rules) {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate((rules) => axe.run({ exclude: ["tbody tr:nth-child(n+12)"] },
    { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) }), rules);
  must(found.violations.length === 0, name + ": " + found.violations.map((v) => v.id + " " + v.nodes.map((n) => n.html).join(" ")).join("; ").slice(0, 500));
}

async function shoot(page, name) {
  await page.screenshot({ path: path.join(SHOTS, name + ".png"), fullPage: true });
  // The picture in README.md.
  if (name !== "user-light-1280") return;
  await page.locator("#eyes").evaluate((e) => e.scrollIntoView());
  await page.screenshot({ path: path.join(SHOTS, "console.png") });
}

async function signIn(page) {
  await page.goto(BASE + "sign-in");
  await page.getByLabel("User name or e-mail address").fill(USERNAME);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(BASE + "users");
}

const pages = { users: "users", user: "users/main/2", "edit": "users/main/2/edit", "new": "users/new", groups: "groups", group: "groups/main/operator.group/1", keys: "keys", "key-form": "keys/scim/new", live: "live", request: null, evidence: "evidence", move: "move", missing: "nothing" };

async function everyPage(browser, scheme, width) {
  // The policy of the pages forbids scripts from elsewhere; axe is one.
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const faults = [];
  watch(page, faults, BASE);
  const name = (p) => p + "-" + scheme + "-" + width;
  await step(name("sign-in"), async () => { await page.goto(BASE); await look(page, name("sign-in"), faults); await signIn(page); });
  for (const [p, at] of Object.entries(pages)) {
    await step(name(p), async () => {
      if (at === null) {
        await page.goto(BASE + "live");
        await page.locator("#requests a").first().click();
      } else {
        await page.goto(BASE + at);
      }
      await look(page, name(p), faults);
    });
  }
  await context.close();
}

async function forms(browser) {
  const context = await browser.newContext({ bypassCSP: true }); // for axe
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const faults = [];
  watch(page, faults, BASE);
  await step("a wrong password keeps the name", async () => {
    await page.goto(BASE + "sign-in");
    await page.getByLabel("User name or e-mail address").fill(USERNAME);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    must((await page.getByLabel("User name or e-mail address").inputValue()) === USERNAME, "the name is gone");
  });
  await signIn(page);
  await step("wrong input stays in the form", async () => {
    await page.getByRole("link", { name: "Create a user" }).click();
    await page.getByLabel("User name").fill("dora");
    await page.getByLabel("Given name").fill("<b>Dora</b>");
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("must have at least 8 characters").waitFor();
    must((await page.getByLabel("Given name").inputValue()) === "<b>Dora</b>", "what was typed is gone");
  });
  await step("a user is created, found, disabled and deleted", async () => {
    await page.getByLabel("Password").fill("long enough");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("The user was created.").waitFor();
    await page.getByRole("link", { name: "Users", exact: true }).click();
    await page.getByLabel("Search").fill("dora");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("link", { name: "dora" }).click();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByText("The user was disabled.").waitFor();
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Attributes").fill('{"plan":"gold"}');
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByLabel("New password").fill("another secret");
    await page.getByRole("button", { name: "Reset the password" }).click();
    await page.getByText("all sessions have ended").waitFor();
    await page.getByLabel(/Delete dora/).check();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Users" }).waitFor();
  });
  await step("a handle is masked until it is asked for", async () => {
    await page.goto(BASE + "users/main/2");
    must(!(await page.content()).includes("4f5d2c1b9a8e"), "the handle is shown");
    await page.getByRole("button", { name: "Show syncano.user_key" }).click();
    await page.getByText("4f5d2c1b9a8e").waitFor();
    await page.getByRole("cell", { name: "login", exact: true }).waitFor();
  });
  await step("a key is made, shown once and revoked", async () => {
    await page.getByRole("link", { name: "Keys", exact: true }).click();
    await page.getByRole("link", { name: "Make a key for scim" }).click();
    await page.getByLabel("Name of the connection").fill("idp");
    await page.getByLabel("write").check();
    await page.getByRole("button", { name: "Make the key" }).click();
    const secret = await page.locator("#secret").textContent();
    must(secret.length > 20, "the key is " + secret);
    await look(page, "key", faults);
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: /Copied|Copy it by hand/ }).waitFor();
    await page.getByRole("link", { name: "All keys" }).click();
    must(!(await page.content()).includes(secret), "the list shows the key");
    await page.getByText("Revoke", { exact: true }).last().click();
    await page.getByRole("button", { name: "Revoke for good" }).last().click();
    await page.getByText("The key was revoked.").waitFor();
  });
  await step("a table is tried, and its refused rows can be had", async () => {
    await page.getByRole("link", { name: "Move", exact: true }).click();
    const csv = "username,email\nnew,new@example.com\nbob,<b>other</b>@example.com\n";
    await page.getByLabel(/CSV or TSV file/).setInputFiles({ name: "users.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("Nothing was changed.").waitFor();
    await look(page, "trial", faults);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the refused rows" }).click()]);
    must(file.suggestedFilename() === "rejects.csv", "the file is " + file.suggestedFilename());
    await page.getByRole("link", { name: "Try another file" }).click();
    const [users] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    must(users.suggestedFilename() === "users.jsonl", "the file is " + users.suggestedFilename());
  });
  await step("the live page shows a request as it comes", async () => {
    await page.goto(BASE + "live?outcome=refused");
    await page.getByText("New requests appear here as they come.").waitFor();
    const before = await page.locator("#requests tr").count();
    must(before > 0 && before <= 500, before + " rows");
    const next = page.locator("#requests tr", { hasText: "live.probe" }).first();
    await next.waitFor();
  });
  await step("a session that ends leads to the sign-in and back", async () => {
    await context.clearCookies();
    await page.goto(BASE + "groups");
    await page.getByLabel("User name or e-mail address").fill(USERNAME);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Groups" }).waitFor();
  });
  await step("the keyboard reaches the page", async () => {
    await page.goto(BASE + "users");
    await page.keyboard.press("Tab");
    must((await page.evaluate(() => document.activeElement.textContent)) === "Skip to the page", "the first stop is not the link to the page");
  });
  await step("nothing went wrong in a script", async () => must(faults.length === 0, faults.join("; ")));
  await context.close();
}

// standIn uses the console of a stand-in, as one who has never seen it.
async function standIn(browser, scheme, width) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 }, bypassCSP: true });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const faults = [];
  watch(page, faults, STANDIN);
  const at = STANDIN + "_dragoman/console/";
  const name = (p) => p + "-" + scheme + "-" + width;
  for (const [p, path] of Object.entries({ sandboxes: "sandboxes", sandbox: "sandboxes/default", "standin-user": "users/main/1", "standin-keys": "keys" })) {
    await step(name(p), async () => { await page.goto(at + path); await look(page, name(p), faults); });
  }
  await context.close();
}

async function helpAUser(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const faults = [];
  watch(page, faults, STANDIN);
  const login = (password) => context.request.get(STANDIN + "users.json", { headers: { Authorization: "Basic " + Buffer.from("ada:" + password).toString("base64") } });
  await step("an operator helps a user who cannot log in", async () => {
    await page.goto(STANDIN + "_dragoman/console/");
    await page.getByRole("link", { name: "Create a user" }).click();
    await page.getByLabel("User name").fill("ada");
    await page.getByLabel("Password").fill("first-password");
    await page.getByRole("button", { name: "Create" }).click();
    must((await login("mistyped")).status() === 401, "a wrong password is let in");
    await page.getByRole("link", { name: "Users", exact: true }).click();
    await page.getByLabel("Search").fill("ADA");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("link", { name: "ada", exact: true }).click();
    await page.getByRole("cell", { name: "wrong password" }).waitFor();
    await look(page, "failed-login", faults);
    await page.getByLabel("New password").fill("second-password");
    await page.getByRole("button", { name: "Reset the password" }).click();
    await page.getByText("The password was changed").waitFor();
    await page.getByRole("link", { name: "Live", exact: true }).click();
    await page.getByText("New requests appear here as they come.").waitFor();
    must((await login("second-password")).status() === 403, "the new password is not let in"); // known, but without a role
    await page.locator("#requests tr", { hasText: "403" }).getByRole("link").click();
    await page.getByText("ada", { exact: true }).waitFor();
    await look(page, "followed-request", faults);
  });
  await step("a sandbox is forked, goes wrong, and is dropped", async () => {
    await page.getByRole("link", { name: "Sandboxes", exact: true }).click();
    await page.getByLabel("Name").fill("Mine!");
    await page.getByLabel("Begins with").selectOption({ label: "the present state of default" });
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("a name is a host label").first().waitFor();
    await page.getByLabel("Name").fill("mine");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("link", { name: "mine", exact: true }).click();
    await page.getByLabel("Operation").fill("users.list");
    await page.getByLabel("Status").fill("503");
    await page.getByRole("button", { name: "Set the fault" }).click();
    await page.getByText("operation users.list, status 503").waitFor();
    must((await context.request.get(STANDIN + "_sandbox/mine/users.json")).status() === 503, "the fault does not happen");
    await page.getByRole("button", { name: "Let it stand still" }).click();
    await page.getByText("stands still", { exact: true }).waitFor();
    await look(page, "fault", faults);
    await page.getByText("Drop the sandbox").click();
    await page.getByRole("button", { name: "Drop for good" }).click();
    await page.getByText("The sandbox was dropped.").waitFor();
  });
  await step("nothing went wrong in a script of a stand-in", async () => must(faults.length === 0, faults.join("; ")));
  await context.close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  // Two at once: each has windows of its own, and changes what no other looks at.
  await Promise.all([
    (async () => { await everyPage(browser, "light", 1280); await helpAUser(browser); })(),
    (async () => { await everyPage(browser, "dark", 360); await standIn(browser, "light", 1280); await standIn(browser, "dark", 360); await forms(browser); })(),
  ]);
  await browser.close();
  console.log(passed + " passed, " + failed + " failed");
  process.exit(failed ? 1 : 0);
})().catch((e) => { console.log("FAIL " + e); process.exit(1); });
