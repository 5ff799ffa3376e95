// Invitations: an administrator invites from the desk, the mail leads to a page that joins nothing, the invited person signs up or in,
// accepts or declines; with and without script.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Post } from './proofs_post.mjs';

const desk = '/o/dar-alnoor/desk/invitations', secret = 'an old lamp in the hall';
const path = (page) => new URL(page.url()).pathname;
const heading = (page) => page.locator('h1').textContent();
const status = (page) => page.locator('[role=status]').textContent();
const subject = 'You are invited';

// Dar al-Noor enables the connection of customers, so that accounts can be made through its invitations.
const person = (name, organizations) => ({
  connection: 'customers', email: `${name}@reading.example`, email_verified: true, username: name, name: `${name} the reader`,
  password: secret, user_metadata: { contact_by: 'email' }, ...(organizations && { organizations }),
});
const people = [person('hostess', [{ name: 'dar-alnoor', roles: ['administrator'] }]), person('reader'), person('stranger')];

async function makePeople(kit) {
  const file = join(kit.demo.run, 'invitations.json');
  writeFileSync(file, JSON.stringify({ users: people }));
  const made = await kit.demo.latchkey('apply', file);
  kit.equal(made.code, 0, made.stderr);
}

async function withBrowsers(kit, count, run, options = {}) {
  const all = [];
  for (let i = 0; i < count; i++) all.push(await kit.visitor(options));
  try {
    await run(...all.map((one) => one.page));
    for (const { page } of all) kit.quiet(page);
  } finally {
    for (const { context } of all) await context.close();
  }
}

async function invite(kit, page, emails, more = async () => {}) {
  if (path(page) !== desk) {
    await kit.signIn(page, 'hostess@reading.example', '/login', secret);
    await page.goto(desk);
  }
  await page.fill('[name=emails]', emails);
  await more();
  return kit.press(page, `form[action="${desk}"] button[type=submit]`);
}

// The page has no token in its address, nor anywhere else.
async function opens(kit, page, link) {
  const [bare, token] = link.split('?token=');
  const reply = await page.goto(link);
  kit.equal(page.url(), bare, 'the address');
  kit.ok(!(await page.content()).includes(token), 'the token stands on the page');
  return reply.status();
}

const answer = (kit, page, decision) => kit.press(page, `form:has([name=decision][value=${decision}]) button`);

const signsUp = (kit, post, name) => withBrowsers(kit, 2, async (host, page) => {
  const address = `${name}@reading.example`;
  kit.equal(await invite(kit, host, address, () => host.check('[name=roles][value=help-desk]')), 200, 'inviting');
  kit.equal(await status(host), '1 invitation is on its way.', 'what is said');
  kit.ok((await host.locator('main').textContent()).includes(address), 'it stands in the list');
  await kit.shot(host, `invitations-${name}`);
  const link = await post.followed(address, subject, '/invitation');
  kit.equal(await opens(kit, page, link), 200, 'opening');
  kit.ok((await page.locator('main').textContent()).includes('hostess the reader invites you to join'), 'who invites');
  await kit.shot(page, `invitation-${name}`);
  await Promise.all([page.waitForNavigation(), page.locator('main a[href="/invitation/signup"]').click()]);
  kit.equal(await page.locator('[name=email]').count(), 0, 'the address is fixed');
  kit.equal((await page.locator('main .value').first().textContent()).trim(), address, 'the address');
  await page.fill('[name=password]', secret);
  await page.fill('[name=password_again]', secret);
  await page.selectOption('[name="user_metadata.contact_by"]', 'email');
  await kit.press(page, 'main button[type=submit]');
  kit.equal(path(page), '/invitation', 'back at the invitation, signed in');
  await answer(kit, page, 'accept');
  kit.equal(await heading(page), 'Welcome', 'joined');
  await page.goto('/profile');
  kit.ok((await page.locator('#f-email').first().textContent()).includes('by invitation, so this address stays as it is.'), 'the lock');
  kit.equal(await opens(kit, page, link), 410, 'the link works once');
});

const signsIn = (kit, post) => withBrowsers(kit, 2, async (host, page) => {
  await invite(kit, host, 'reader@reading.example');
  const link = await post.followed('reader@reading.example', subject, '/invitation');
  await kit.signIn(page, 'stranger@reading.example', '/login', secret);
  await opens(kit, page, link);
  kit.equal(await page.locator('[name=decision]').count(), 0, 'nothing to answer for somebody else');
  await kit.press(page, 'form[action="/logout"]:has([name=next]) button');
  await page.fill('[name=identifier]', 'reader@reading.example');
  await page.fill('[name=password]', secret);
  await kit.press(page, 'main button[type=submit]');
  kit.equal(path(page), '/invitation', 'back after signing in as somebody else');
  await answer(kit, page, 'accept');
  kit.equal(await heading(page), 'Welcome', 'joined');
});

const declines = (kit, post) => withBrowsers(kit, 2, async (host, page) => {
  await invite(kit, host, 'nobody-yet@reading.example');
  const link = await post.followed('nobody-yet@reading.example', subject, '/invitation');
  await opens(kit, page, link);
  await answer(kit, page, 'decline');
  kit.equal(await heading(page), 'You declined the invitation', 'what is said');
  kit.equal(await opens(kit, page, link), 410, 'the link is dead');
  await host.goto(`${desk}?state=declined`);
  kit.ok((await host.locator('main').textContent()).includes('nobody-yet@reading.example'), 'the desk sees it');
});

const takenBack = (kit, post) => withBrowsers(kit, 2, async (host, page) => {
  kit.equal(await invite(kit, host, 'one@reading.example\nnot an address\nhostess@reading.example'), 200, 'a list with mistakes');
  const said = await host.locator('main').textContent();
  kit.ok(said.includes('This is no e-mail address.') && said.includes('Is a member already.'), 'each line has its answer');
  kit.equal(await host.inputValue('[name=emails]'), 'not an address\n', 'what can be repaired stays');
  const link = await post.followed('one@reading.example', subject, '/invitation');
  await host.goto(`${desk}?state=pending`);
  await kit.press(host, '.event:has-text("one@reading.example") form[action$="/revoke"] button');
  kit.equal(await status(host), 'The invitation is taken back. Its link is dead. To undo that, press "Send again".', 'what is said');
  kit.equal(await opens(kit, page, link), 410, 'the link');
  await kit.press(host, '.event:has-text("one@reading.example") form[action$="/resend"] button');
  kit.equal(await opens(kit, page, await post.followed('one@reading.example', subject, '/invitation')), 200, 'the new link');
});

// Nothing of a table is sent, and nothing of it is lost, before every line of it can be read as it was meant.
const table = (kit) => withBrowsers(kit, 1, async (host) => {
  const typed = 'email,shirt,Full name,roles\nfirst@reading.example,M,First Reader,boss\nnobody,L,Nobody,\n';
  kit.equal(await invite(kit, host, typed), 422, 'a table with mistakes');
  kit.equal((await host.locator('#errors li').allTextContents()).map((one) => one.slice(0, 38)).join('|'),
    'Line 1: no column is called "shirt". N|Line 2: there is no role of the name "|Line 3: this is no e-mail address: "no', 'each line has its answer');
  kit.equal(await host.inputValue('[name=emails]'), typed, 'what was typed stays');
  await host.locator('#errors a').first().click();
  kit.equal(await host.evaluate(() => document.activeElement.id), 'f-emails', 'the summary leads to the box');
  await kit.shot(host, 'invitations-table');
  await host.locator('details:has(code) summary').click();
  kit.ok((await host.locator('details:has(code)').textContent()).includes('given_name'), 'the columns are named');
  await host.setViewportSize({ width: 320, height: 640 });
  kit.ok(await host.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'also where there is little room');
  await kit.shot(host, 'invitations-table-narrow');
  await host.goto(`${desk}?q=first@`);
  kit.ok((await host.locator('main').textContent()).includes('Nobody was invited under an address that begins so.'), 'nothing was sent');
  await host.goto(desk);
  kit.equal(await invite(kit, host, 'email,full name,roles,language\nfirst@reading.example,First Reader,auditor,de\n'), 200, 'put right');
  await host.fill('[name=q]', 'First@');
  await Promise.all([host.waitForNavigation(), host.press('[name=q]', 'Enter')]);
  kit.equal(await host.locator('.event').count(), 1, 'found by the beginning of the address');
  kit.ok((await host.locator('.event').textContent()).includes('Auditor'), 'with its own role');
});

const plain = (kit, post) => withBrowsers(kit, 2, async (host, page) => {
  await invite(kit, host, 'plain-reader@reading.example');
  await opens(kit, page, await post.followed('plain-reader@reading.example', subject, '/invitation'));
  await Promise.all([page.waitForNavigation(), page.locator('main a[href="/invitation/signup"]').click()]);
  await page.fill('[name=password]', secret);
  await page.fill('[name=password_again]', 'another');
  kit.equal(await kit.press(page, 'main button[type=submit]'), 422, 'two passwords');
  await page.fill('[name=password]', secret);
  await page.fill('[name=password_again]', secret);
  await page.selectOption('[name="user_metadata.contact_by"]', 'email');
  await kit.press(page, 'main button[type=submit]');
  await answer(kit, page, 'accept');
  kit.equal(await heading(page), 'Welcome', 'joined');
}, { javaScriptEnabled: false });

export default async function invitations(kit) {
  const post = new Post(kit);
  await makePeople(kit);
  await kit.test('an invited person makes an account, joins, and keeps the address', () => signsUp(kit, post, 'newcomer'));
  await kit.test('an invited person signs in, past somebody else in the same browser, and joins', () => signsIn(kit, post));
  await kit.test('declining needs no account', () => declines(kit, post));
  await kit.test('a list with mistakes, and an invitation that is taken back', () => takenBack(kit, post));
  await kit.test('a table says its mistakes before anything is sent, and is found again', () => table(kit));
  await kit.test('without script: invited, account made, joined', () => plain(kit, post));
}
