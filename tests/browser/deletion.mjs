// Deleting one's own account: what is typed, the mailed link in another browser, coming back in time, being gone, and coming anew. The
// people are this suite's own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sideways, small, violations } from './access.mjs';
import { Post } from './proofs_post.mjs';

const button = 'main button[type=submit]';
const password = 'an old lamp in the hall', another = 'seven green bottles waiting';
const path = (page) => new URL(page.url()).pathname;
const heading = (page) => page.locator('h1').textContent();
const address = (name) => `${name}@away.example`;
const phone = { viewport: { width: 320, height: 640 } };
const ask = 'form[action="/privacy/delete"] button[type=submit]';
const keep = 'form:has(input[value=keep]) button', now = 'form:has(input[value=now]) button';
const sent = 'Confirm that your account is to be deleted', scheduled = 'Your account will be deleted';

const person = (name) => ({
  connection: 'customers', email: address(name), email_verified: true, username: name, name: `${name} at home`, nickname: `nick-${name}`,
  password, user_metadata: { contact_by: 'email' },
});

async function makePeople(kit) {
  const file = join(kit.demo.run, 'deletion.json');
  writeFileSync(file, JSON.stringify({ users: ['leaver', 'scriptless', 'typist', 'geher', 'rahil'].map(person) }));
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

async function sound(kit, page, name) {
  await kit.shot(page, name);
  const found = await violations(page);
  kit.equal(found.length, 0, `${name}: axe\n${found.join('\n')}`);
  kit.ok(await sideways(page) <= 0, `${name} scrolls sideways by ${await sideways(page)} px`);
  const tiny = await small(page);
  kit.equal(tiny.length, 0, `${name}: targets under 44 px\n${tiny.join('\n')}`);
}

async function leadsTo(kit, page, from, wanted, who) {
  await page.goto(from);
  kit.equal(path(page), wanted, `${who} at ${from}`);
}

// --- The steps ---

async function asks(kit, page, name) {
  await page.goto('/privacy/delete');
  await page.fill('[name=confirm]', address(name));
  await page.fill('[name=current_password]', password);
  await kit.press(page, ask);
  kit.equal(path(page), '/privacy/delete', 'the answer');
  kit.equal(await page.locator(ask).count(), 0, 'the form is done with');
}

// Opens the mailed link: nothing happens by that, and no secret stays in the address or on the page.
async function opens(kit, page, link) {
  const [bare, token] = link.split('?token=');
  const reply = await page.goto(link);
  kit.equal(page.url(), bare, 'the address');
  kit.ok(!(await page.content()).includes(token), 'the token stands on the page');
  return reply.status();
}

async function confirms(kit, post, page, name) {
  const link = await post.followed(address(name), sent, '/privacy/delete/confirm');
  kit.equal(await opens(kit, page, link), 200, 'a live link');
  kit.ok((await page.locator('main').textContent()).includes(address(name)), 'whose account it is');
  await kit.press(page, button);
  kit.equal(path(page), '/privacy/delete/confirm', 'what the button leads to');
  kit.equal(await page.locator(button).count(), 0, 'the button is done with');
  return link;
}

async function isHeld(kit, page, name) {
  await kit.signIn(page, name, '/login?next=/sessions', password);
  kit.equal(path(page), '/privacy/deletion', 'signing in leads to the question');
  for (const way of ['/profile', '/privacy', '/privacy/delete', '/activity', '/organizations', '/password'])
    await leadsTo(kit, page, way, '/privacy/deletion', name);
}

const isGone = (kit, name) => kit.until(async () => {
  const shown = await kit.demo.latchkey('user', 'show', address(name));
  return shown.code === 1 && shown.stderr.includes('no account');
}, `${name} is erased`);

// --- Being refused ---

async function isRefused(kit, page) {
  await page.goto('/privacy');
  await Promise.all([page.waitForNavigation(), page.locator('main a[href="/privacy/delete"]').first().click()]);
  kit.equal(await heading(page), 'Delete your account', 'the heading');
  const told = await page.locator('main').textContent();
  for (const words of ['What will be deleted', 'What stays, and why', 'Nickname']) kit.ok(told.includes(words), `"${words}" is missing`);
  await sound(kit, page, 'deletion-asks');
  kit.equal(await kit.press(page, ask), 422, 'with nothing typed');
  for (const name of ['confirm', 'current_password']) {
    kit.equal(await page.locator(`#errors a[href="#f-${name}"]`).count(), 1, `${name} in the list`);
    kit.equal(await page.getAttribute(`[name=${name}]`, 'aria-invalid'), 'true', `${name} is marked`);
  }
  await page.fill('[name=confirm]', 'somebody@else.example');
  await page.fill('[name=current_password]', 'not the password');
  kit.equal(await kit.press(page, ask), 422, 'with the wrong words');
  const wrong = await page.locator('#errors').textContent();
  for (const words of ['This is not what stands above the field.', 'This is not your present password.']) kit.ok(wrong.includes(words), wrong);
  kit.equal(await page.inputValue('[name=confirm]'), 'somebody@else.example', 'what was typed stays');
  kit.equal(await page.inputValue('[name=current_password]'), '', 'a password does not');
  await sound(kit, page, 'deletion-refused');
}

// --- There and back ---

const comesBack = (kit, post) => withBrowsers(kit, 3, async (page, elsewhere, mailbox) => {
  for (const one of [page, elsewhere]) await kit.signIn(one, 'leaver', '/login', password);
  await isRefused(kit, page);
  kit.equal(post.count(address('leaver')), 0, 'mails so far');
  await asks(kit, page, 'leaver');
  kit.equal(await heading(page), 'Look into your mailbox', 'what is said');
  const link = await confirms(kit, post, mailbox, 'leaver');
  kit.equal(await heading(mailbox), 'Your account will be deleted', 'what is said then');
  for (const one of [page, elsewhere]) await leadsTo(kit, one, '/profile', '/login', 'whoever was signed in');
  kit.equal(await opens(kit, page, link), 410, 'the link a second time');
  kit.ok((await post.mail(address('leaver'), scheduled)).text.includes(`${kit.url}/login`), 'the mail says how to keep it');
  await isHeld(kit, mailbox, 'leaver');
  kit.equal(await heading(mailbox), 'Your account will be deleted', 'the heading');
  await sound(kit, mailbox, 'deletion-held');
  await kit.press(mailbox, keep);
  kit.equal(await heading(mailbox), 'Your account stays', 'the answer');
  await leadsTo(kit, mailbox, '/profile', '/profile', 'who kept the account');
  kit.equal(await mailbox.inputValue('[name=nickname]'), 'nick-leaver', 'and all is there');
});

async function signsUpAnew(kit, post, page) {
  await page.goto('/login');
  await Promise.all([page.waitForNavigation(), page.locator('main a[href^="/signup"]').first().click()]);
  await page.fill('[name=email]', address('leaver'));
  await page.selectOption('[name="user_metadata.contact_by"]', 'email');
  await page.fill('[name=password]', another);
  await page.fill('[name=password_again]', another);
  await kit.press(page, button);
  await opens(kit, page, await post.followed(address('leaver'), 'Confirm your e-mail address', '/email/confirm'));
  await kit.press(page, button);
  kit.equal(await heading(page), 'Your e-mail address is confirmed', 'the address is free');
  kit.equal(await kit.signIn(page, 'leaver', '/login', another), 422, 'the old username');
  await kit.signIn(page, address('leaver'), '/login', another);
  kit.equal(path(page), '/profile', 'signing in anew');
}

const goesForGood = (kit, post) => withBrowsers(kit, 2, async (page, mailbox) => {
  await kit.signIn(page, 'leaver', '/login', password);
  await asks(kit, page, 'leaver');
  await confirms(kit, post, mailbox, 'leaver');
  await isHeld(kit, page, 'leaver');
  await kit.press(page, now);
  kit.equal(await heading(page), 'Your account is being deleted', 'the answer');
  await leadsTo(kit, page, '/profile', '/login', 'whoever is gone');
  await isGone(kit, 'leaver');
  for (const name of ['leaver', address('leaver')]) kit.equal(await kit.signIn(page, name, '/login', password), 422, `signing in as ${name}`);
  await signsUpAnew(kit, post, page);
  for (const way of ['/profile', '/activity', '/sessions', '/privacy', '/organizations']) {
    await page.goto(way);
    const text = await page.evaluate(() => [document.body.textContent, ...[...document.querySelectorAll('input, textarea')].map((one) => one.value)].join('\n'));
    for (const words of ['nick-leaver', 'leaver at home', 'deleted on']) kit.ok(!text.includes(words), `${way} still says ${words}`);
  }
  await page.goto('/sessions');
  kit.equal(await page.locator('main form[action="/sessions"] button[name=session]').count(), 0, 'no place of before');
});

// --- Without script; with the keyboard; in other languages ---

const withoutScript = (kit, post) => withBrowsers(kit, 2, async (page, mailbox) => {
  await kit.signIn(page, 'scriptless', '/login', password);
  await asks(kit, page, 'scriptless');
  await confirms(kit, post, mailbox, 'scriptless');
  await isHeld(kit, page, 'scriptless');
  await kit.press(page, keep);
  kit.equal(await heading(page), 'Your account stays', 'the answer');
  await asks(kit, page, 'scriptless');
  await confirms(kit, post, mailbox, 'scriptless');
  await isHeld(kit, page, 'scriptless');
  await kit.press(page, now);
  await isGone(kit, 'scriptless');
  kit.equal(await kit.signIn(page, 'scriptless', '/login', password), 422, 'signing in');
}, { javaScriptEnabled: false });

// Goes on with the tabulator until the control with that mark has the focus, which must be seen.
async function tabsTo(kit, page, selector) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate((wanted) => {
      const one = document.activeElement, style = getComputedStyle(one);
      return one.matches(wanted) && { width: parseFloat(style.outlineWidth), kind: style.outlineStyle };
    }, selector);
    if (!seen) continue;
    kit.ok(seen.kind !== 'none' && seen.width >= 2, `${selector}: no visible focus`);
    return;
  }
  throw new Error(`${selector} is not reached`);
}

async function presses(page, key) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

const byKeyboard = (kit, post) => withBrowsers(kit, 2, async (page, mailbox) => {
  await kit.signIn(page, 'typist', '/login', password);
  await page.goto('/privacy/delete');
  await tabsTo(kit, page, '[name=confirm]');
  await presses(page, 'Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'alert');
  await tabsTo(kit, page, 'a[href="#f-confirm"]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.name === 'confirm');
  await page.keyboard.type(address('typist'));
  await tabsTo(kit, page, '[name=current_password]');
  await page.keyboard.type(password);
  await presses(page, 'Enter');
  kit.equal(await heading(page), 'Look into your mailbox', 'the answer');
  await opens(kit, mailbox, await post.followed(address('typist'), sent, '/privacy/delete/confirm'));
  await tabsTo(kit, mailbox, button);
  await presses(mailbox, 'Space');
  kit.equal(await heading(mailbox), 'Your account will be deleted', 'the link was taken');
  await kit.signIn(page, 'typist', '/login', password);
  await tabsTo(kit, page, keep);
  await presses(page, 'Enter');
  kit.equal(await heading(page), 'Your account stays', 'the account is kept');
});

const languages = {
  de: { who: 'geher', mail: 'gelöscht', ask: 'Ihr Konto löschen', set: 'Ihr Konto wird gelöscht', kept: 'Ihr Konto bleibt', options: { ...phone, colorScheme: 'dark' } },
  ar: { who: 'rahil', mail: 'حذف', ask: 'حذف حسابك', set: 'سيُحذف حسابك', kept: 'حسابك باقٍ', options: phone },
};

const inLanguage = (kit, post, code) => withBrowsers(kit, 1, async (page) => {
  const words = languages[code];
  await page.goto(`/login?lang=${code}`);
  await kit.signIn(page, words.who, '/login', password);
  await page.goto('/privacy/delete');
  kit.equal(await heading(page), words.ask, 'the heading');
  await sound(kit, page, `deletion-asks-${code}`);
  await asks(kit, page, words.who);
  const mail = await post.mail(address(words.who), words.mail);
  kit.equal(mail.language, code, 'the language of the mail');
  await opens(kit, page, post.link(mail, '/privacy/delete/confirm'));
  kit.equal(await heading(page), words.ask, 'the heading of the link\'s page');
  await sound(kit, page, `deletion-link-${code}`);
  await kit.press(page, button);
  kit.equal(await heading(page), words.set, 'what is said then');
  await isHeld(kit, page, words.who);
  kit.equal(await heading(page), words.set, 'the heading of the question');
  kit.equal(await page.getAttribute('html', 'dir'), code === 'ar' ? 'rtl' : 'ltr', 'the direction');
  await sound(kit, page, `deletion-held-${code}`);
  await kit.press(page, keep);
  kit.equal(await heading(page), words.kept, 'the answer');
}, languages[code].options);

export default async function deletion(kit) {
  const post = new Post(kit);
  await makePeople(kit);
  await kit.test('deleting the account: asked, confirmed in the mailbox, kept after all', () => comesBack(kit, post));
  await kit.test('deleting the account at once: it is gone, and the address begins anew', () => goesForGood(kit, post));
  await kit.test('deleting the account without script', () => withoutScript(kit, post));
  await kit.test('deleting the account with the keyboard', () => byKeyboard(kit, post));
  await kit.test('deleting the account in German, dark, on a phone', () => inLanguage(kit, post, 'de'));
  await kit.test('deleting the account in Arabic, on a phone', () => inLanguage(kit, post, 'ar'));
}
