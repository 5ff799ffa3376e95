// What an administrator does to a member, in every language: each act of the member's page from its first press to what is said and what
// the member reads of it; roles made, changed, given, taken and removed; and the activity that tells of it all, as a page and as a table.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sideways, small, violations } from './access.mjs';
import { Post } from './proofs_post.mjs';

const desk = '/o/acme/desk', secret = 'an old lamp in the hall', nora = 'nora@acme.example';
const modes = [
  { language: 'en', options: { javaScriptEnabled: false } },
  { language: 'de', options: { colorScheme: 'dark' } },
  { language: 'ar', options: { viewport: { width: 375, height: 740 } } },
];
const addressOf = (name, language) => `${name}-${language}@acts.example`;
const path = (page) => new URL(page.url()).pathname;
const text = (page) => page.locator('main').textContent();

// One for each act that leaves somebody out, in each language.
const members = modes.flatMap(({ language }) => ['helped', 'removed', 'deleted'].map((name) => ({
  connection: 'customers', email: addressOf(name, language), email_verified: name !== 'helped', password: secret, name: `${name} ${language}`, locale: language,
  user_metadata: { contact_by: 'email' }, organizations: [{ name: 'acme', home: true }],
})));

async function sitsDown(kit, page, language, who = nora, password = undefined) {
  await page.goto(`/login?lang=${language}`);
  await kit.signIn(page, who, `/login?lang=${language}`, password);
}

async function open(kit, page, address) {
  await page.goto(`${desk}/members?q=${encodeURIComponent(address)}`);
  await kit.press(page, '#members tbody a');
}

// The act with its reason; first without one, which is refused and does nothing.
async function acts(kit, page, name, reason, fill = async () => {}) {
  const before = path(page), box = page.locator(`#${name}`);
  if (!await page.locator(`#${name}[open]`).count()) await box.locator('summary').click();
  await fill(box);
  kit.equal(await kit.press(page, `#${name} button[type=submit]`), 422, `${name} without a reason`);
  kit.ok(await page.locator(`#reason-${name}[aria-invalid=true]`).isVisible(), `${name}: the reason is asked for where it belongs`);
  await page.fill(`#reason-${name}`, reason);
  kit.equal(await kit.press(page, `#${name} button[type=submit]`), 200, name);
  kit.ok((await page.locator('#notice').textContent()).trim().length > 5, `${name}: it is said what was done`);
  return before;
}

const helps = (kit, post, page, language) => async () => {
  const address = addressOf('helped', language), one = await kit.visitor({ locale: language });
  await sitsDown(kit, one.page, language, address, secret);
  await open(kit, page, address);
  await acts(kit, page, 'verify', `verify ${language}`);
  await acts(kit, page, 'reset', `reset ${language}`);
  await acts(kit, page, 'unlock', `unlock ${language}`);
  await acts(kit, page, 'roles', `roles ${language}`, (box) => box.locator('[value=help-desk]').check());
  kit.ok(await page.locator('#roles [value=help-desk]').isChecked(), 'the role is there');
  await one.page.goto(`${desk}/members`);
  kit.equal(path(one.page), `${desk}/members`, 'and works at once');
  await acts(kit, page, 'roles', `no roles ${language}`, (box) => box.locator('[value=help-desk]').uncheck());
  kit.equal((await one.page.goto(`${desk}/members`)).status(), 403, 'and ends at once');
  await acts(kit, page, 'sessions', `sessions ${language}`);
  await one.page.goto('/profile');
  kit.equal(path(one.page), '/login', 'signed out');
  await acts(kit, page, 'block', `block ${language}`);
  kit.equal(await kit.signIn(one.page, address, `/login?lang=${language}`, secret), 403, 'kept out');
  await acts(kit, page, 'unblock', `unblock ${language}`);
  await kit.signIn(one.page, address, `/login?lang=${language}`, secret);
  await one.page.goto('/activity');
  const told = await text(one.page);
  for (const reason of ['verify', 'reset', 'roles', 'no roles', 'sessions', 'block', 'unblock']) kit.ok(told.includes(`${reason} ${language}`), `the member reads why: ${reason}`);
  kit.quiet(one.page);
  await one.context.close();
};

const removes = (kit, page, language) => async () => {
  await open(kit, page, addressOf('removed', language));
  const before = await acts(kit, page, 'remove', `remove ${language}`);
  kit.equal((await page.goto(before)).status(), 404, 'no member any more');
};

const deletes = (kit, post, page, language) => async () => {
  const address = addressOf('deleted', language), one = await kit.visitor({ locale: language });
  await open(kit, page, address);
  await acts(kit, page, 'delete', `delete ${language}`);
  await kit.signIn(one.page, address, `/login?lang=${language}`, secret);
  kit.equal(path(one.page), '/privacy/deletion', 'the member is asked');
  await kit.press(one.page, 'form:has([value=keep]) button');
  await one.page.goto('/profile');
  kit.equal(path(one.page), '/profile', 'and keeps the account');
  kit.quiet(one.page);
  await one.context.close();
};

const roles = (kit, page, language) => async () => {
  const name = `front-${language}`, own = page.locator(`#role-${name}`);
  await page.goto(`${desk}/roles`);
  await page.fill('#role-name', name);
  await page.check('form:has(#role-name) [value="read:members"]');
  await page.fill('#new-reason', `made ${language}`);
  kit.equal(await kit.press(page, 'form:has(#role-name) button'), 200, 'making');
  kit.equal(await own.locator('.touched').first().locator('li').count(), 1, 'what it allows');
  await own.locator('summary').first().click();
  await own.locator('[value="read:activity"]').check();
  await page.fill(`#change-${name}`, `changed ${language}`);
  kit.equal(await kit.press(page, `form:has(#change-${name}) button`), 200, 'changing');
  kit.equal(await own.locator('.touched').first().locator('li').count(), 2, 'what it allows now');
  await own.locator('summary').last().click();
  await page.fill(`#drop-${name}`, `dropped ${language}`);
  kit.equal(await kit.press(page, `form:has(#drop-${name}) button`), 200, 'removing');
  kit.equal(await own.count(), 0, 'gone');
};

// What was done above, found again: by act, by person and as a table.
const activity = (kit, page, language) => async () => {
  await page.goto(`${desk}/activity`);
  kit.ok(await page.locator('.event').count() > 10, 'the newest');
  await page.selectOption('#f-act', 'account.block');
  await kit.press(page, 'form.filter button');
  const told = await text(page);
  kit.ok(told.includes(`block ${language}`) && !told.includes(`remove ${language}`), 'one kind of act');
  await page.goto(`${desk}/activity?act=role.drop`);
  kit.ok((await text(page)).includes(`dropped ${language}`), 'roles');
  const loaded = page.waitForEvent('download');
  await page.locator('a[href*="activity.csv"]').click();
  const table = readFileSync(await (await loaded).path(), 'utf8');
  kit.ok(table.includes(`"dropped ${language}"`) && !table.includes(`block ${language}`), 'the table is of what is shown');
};

async function looks(kit, page, name) {
  await kit.shot(page, name);
  kit.equal((await violations(page)).join('\n'), '', 'axe');
  kit.ok(await sideways(page) <= 0, `the page scrolls sideways by ${await sideways(page)} px`);
  kit.equal((await small(page)).join('\n'), '', 'targets under 44 px');
}

async function walk(kit, post, { language, options }) {
  const { context, page } = await kit.visitor(options), test = (name, run) => kit.test(`desk acts, ${language}: ${name}`, run);
  await sitsDown(kit, page, language);
  await test('a member is helped in every way, and reads of each', helps(kit, post, page, language));
  await test('a membership ends', removes(kit, page, language));
  await test('an account is to be deleted, and its owner keeps it', deletes(kit, post, page, language));
  await test('a role is made, changed and removed', roles(kit, page, language));
  await test('the activity is filtered, and becomes a table', activity(kit, page, language));
  kit.quiet(page);
  await context.close();
  const seeing = await kit.visitor({ ...options, javaScriptEnabled: true });
  await sitsDown(kit, seeing.page, language);
  for (const place of ['roles', 'activity', 'activity?act=account.block', 'invitations', 'invitations?state=accepted', 'branding']) {
    await test(`${place}: no axe violation, nothing sideways, big enough to touch`, async () => {
      await seeing.page.goto(`${desk}/${place}`);
      await looks(kit, seeing.page, `desk-acts-${place.replace(/\W+/g, '-')}-${language}`);
    });
  }
  await seeing.context.close();
}

export default async function deskActs(kit) {
  const post = new Post(kit), file = join(kit.demo.run, 'desk_acts.json');
  writeFileSync(file, JSON.stringify({ users: members }));
  const made = await kit.demo.latchkey('apply', file);
  kit.equal(made.code, 0, made.stderr);
  for (const mode of modes) await walk(kit, post, mode);
}
