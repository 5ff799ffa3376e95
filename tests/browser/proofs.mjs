// What needs a proof: new passwords, addresses and numbers, with the mails and messages that the demo sends; sessions and activity;
// signing up; giving the password again. The people are this suite's own, so that no other suite meets what happens to them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { languagesAndLooks, readers } from './proofs_looks.mjs';
import { Post, ageSession } from './proofs_post.mjs';

const button = 'main button[type=submit]';
const first = 'an old lamp in the hall', second = 'seven green bottles waiting';
const path = (page) => new URL(page.url()).pathname;
const heading = (page) => page.locator('h1').textContent();
const status = (page) => page.locator('[role=status]').textContent();
const alert = (page) => page.locator('[role=alert]').textContent();
const dead = 'This link does not work any more';

const person = (name, more = {}) => ({
  connection: 'customers', email: `${name}@home.example`, email_verified: true, username: name, name: `${name} at home`, password: first,
  user_metadata: { contact_by: 'email' }, ...more,
});
const people = [
  person('forgetful'), person('careful'), person('mover'), person('caller'), person('guest'), person('late'), person('plain'),
  ...readers.map(([name, organization]) => person(name, organization && { organizations: [{ name: organization }] })),
];

async function makePeople(kit) {
  const file = join(kit.demo.run, 'proofs.json');
  writeFileSync(file, JSON.stringify({ users: people }));
  const made = await kit.demo.latchkey('apply', file);
  kit.equal(made.code, 0, made.stderr);
}

// What a test needs: browsers that are closed afterwards, and that must have had nothing to complain of.
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

async function isSignedOut(kit, page, who) {
  await page.goto('/profile');
  kit.equal(path(page), '/login', `${who} is asked to sign in`);
}

async function isSignedIn(kit, page, who) {
  await page.goto('/profile');
  kit.equal(path(page), '/profile', `${who} is still signed in`);
}

async function signsIn(kit, page, who, password, wanted = true) {
  const answer = await kit.signIn(page, who, '/login', password);
  kit.equal(wanted ? path(page) : answer, wanted ? '/profile' : 422, `signing in as ${who}`);
}

// Opens a mailed link: the page has no token in its address, nor anywhere else.
async function opens(kit, page, link) {
  const [bare, token] = link.split('?token=');
  const reply = await page.goto(link);
  kit.equal(page.url(), bare, 'the address');
  kit.ok(!(await page.content()).includes(token), 'the token stands on the page');
  kit.ok(!(await page.evaluate(() => document.cookie)), 'script can read a cookie');
  return reply.status();
}

async function isDead(kit, page, link) {
  kit.equal(await opens(kit, page, link), 410, 'status of a link that was used');
  kit.equal(await heading(page), dead, 'what is said');
}

async function setsPassword(kit, page, password, again = password) {
  await page.fill('[name=password]', password);
  await page.fill('[name=password_again]', again);
  return kit.press(page, button);
}

// --- Passwords ---

async function asksForLink(kit, page, identifier, from = '/login') {
  await page.goto(from);
  await Promise.all([page.waitForNavigation(), page.locator('main a[href$="/password/forgot"]').click()]);
  await page.fill('[name=identifier]', identifier);
  await kit.press(page, button);
  return page.locator('main').innerText();
}

const forgotten = (kit, post) => withBrowsers(kit, 2, async (old, page) => {
  await signsIn(kit, old, 'forgetful', first);
  const told = await asksForLink(kit, page, 'forgetful');
  kit.equal(await heading(page), 'Look into your mailbox', 'the answer');
  kit.equal(await asksForLink(kit, page, 'nobody-at-all@home.example'), told, 'the answer for somebody unknown');
  const link = await post.followed('forgetful@home.example', 'Choose a new password', '/password/reset');
  await opens(kit, page, link);
  kit.ok((await page.locator('main').innerText()).includes('forgetful@home.example'), 'whose password it is');
  await isSignedIn(kit, old, 'who opened nothing yet');
  kit.equal(await setsPassword(kit, page, 'password', 'passw0rd'), 422, 'a weak one, typed differently');
  for (const id of ['password-problem', 'again-problem']) kit.ok(await page.locator(`#${id}`).isVisible(), `${id} is said`);
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'alert');
  kit.equal(await page.inputValue('[name=password]') + await page.inputValue('[name=password_again]'), '', 'no password stays');
  await setsPassword(kit, page, second);
  kit.equal(path(page), '/login', 'where it leads');
  kit.equal(await status(page), 'Your new password is set. Sign in with it.', 'the confirmation');
  await isSignedOut(kit, old, 'the browser from before');
  await signsIn(kit, page, 'forgetful', first, false);
  await signsIn(kit, page, 'forgetful', second);
  await isDead(kit, old, link);
  kit.ok((await post.mail('forgetful@home.example', 'Your password was changed')).text.includes(`${kit.url}/password/forgot`), 'the notice leads on');
  kit.equal(post.count('nobody-at-all@home.example'), 0, 'mails to somebody unknown');
});

const changed = (kit, post) => withBrowsers(kit, 2, async (page, other) => {
  await signsIn(kit, page, 'careful', first);
  await signsIn(kit, other, 'careful', first);
  await page.goto('/password');
  await page.fill('[name=current_password]', 'not the password');
  kit.equal(await setsPassword(kit, page, second), 422, 'with a wrong present password');
  kit.ok((await alert(page)).includes('This is not your present password.'), 'what is said');
  kit.equal(await page.getAttribute('[name=current_password]', 'aria-invalid'), 'true', 'the field');
  await isSignedIn(kit, other, 'the other browser');
  await page.fill('[name=current_password]', first);
  kit.equal(await setsPassword(kit, page, 'another@Home careful'), 422, 'a new one that holds the name');
  await page.fill('[name=current_password]', first);
  await setsPassword(kit, page, second);
  kit.equal(await status(page), 'Your new password is set. Sign in with it.', 'the confirmation');
  await isSignedOut(kit, page, 'who changed it');
  await isSignedOut(kit, other, 'the other browser');
  await signsIn(kit, page, 'careful', first, false);
  await signsIn(kit, page, 'careful', second);
  await post.mail('careful@home.example', 'Your password was changed');
});

// --- The e-mail address ---

async function asksForAddress(kit, page, address) {
  await page.goto('/profile');
  await Promise.all([page.waitForNavigation(), page.locator('main a[href="/email"]').click()]);
  await page.fill('main [name=email]', address);
  kit.equal(await kit.press(page, 'form[action="/email"] button'), 200, 'asking');
  kit.equal((await status(page)).replace(/[\u2066-\u2069]/g, ''), `A link is on its way to ${address}. Open it there.`, 'the confirmation');
}

async function showsPending(kit, page, address) {
  kit.equal(await page.locator('.pending .value').textContent(), address, 'what waits');
  await page.goto('/profile');
  const row = await page.locator('#f-email').innerText();
  kit.ok(row.includes('mover@home.example') && row.includes(`Waiting to be confirmed: ${address}, since `), `the profile says ${row}`);
}

const moved = (kit, post) => withBrowsers(kit, 2, async (page, elsewhere) => {
  await signsIn(kit, page, 'mover@home.example', first);
  await asksForAddress(kit, page, 'mover@new.example');
  await showsPending(kit, page, 'mover@new.example');
  const link = await post.followed('mover@new.example', 'Confirm your new e-mail address', '/email/confirm');
  kit.equal(await opens(kit, elsewhere, link), 200, 'the page behind the link');
  await isSignedIn(kit, page, 'who only opened the link');
  kit.equal(await opens(kit, elsewhere, link), 200, 'opening it again');
  await kit.press(elsewhere, button);
  kit.equal(await heading(elsewhere), 'Your new e-mail address counts now', 'the confirmation');
  await isSignedOut(kit, page, 'the session from before');
  await signsIn(kit, page, 'mover@home.example', first, false);
  await signsIn(kit, page, 'mover@new.example', first);
  await isDead(kit, elsewhere, link);
});

const tookBack = (kit, post) => withBrowsers(kit, 2, async (page, elsewhere) => {
  await signsIn(kit, page, 'mover@new.example', first);
  const notice = await post.mail('mover@home.example', 'Your e-mail address was changed');
  kit.ok(notice.text.includes('mover@new.example'), 'the notice names the new address');
  const link = post.link(notice, '/email/revert');
  await opens(kit, elsewhere, link);
  kit.equal(await elsewhere.locator('main .value').textContent(), 'mover@home.example', 'what would count again');
  await isSignedIn(kit, page, 'before the button is pressed');
  await kit.press(elsewhere, button);
  kit.equal(await heading(elsewhere), 'Your old e-mail address counts again', 'the confirmation');
  await isSignedOut(kit, page, 'whoever had changed it');
  await isDead(kit, elsewhere, link);
  await signsIn(kit, page, 'mover@new.example', first, false);
  await signsIn(kit, page, 'mover@home.example', first);
});

const cancelled = (kit, post) => withBrowsers(kit, 1, async (page) => {
  await signsIn(kit, page, 'mover@home.example', first);
  for (const [address, from] of [['mover@one.example', '/email'], ['mover@two.example', '/profile']]) {
    await asksForAddress(kit, page, address);
    await page.goto(from);
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Cancel this change' }).click()]);
    kit.equal(await status(page), 'Cancelled. Nothing was changed.', `from ${from}`);
    kit.equal(await page.locator('.pending').count(), 0, 'nothing waits any more');
    await isDead(kit, page, await post.followed(address, 'Confirm your new e-mail address', '/email/confirm'));
  }
  await page.goto('/email');
  await page.fill('main [name=email]', 'not an address');
  kit.equal(await kit.press(page, 'form[action="/email"] button'), 422, 'what is no address');
  kit.equal(await page.inputValue('main [name=email]'), 'not an address', 'what was typed stays');
});

// --- The phone number and the username ---

const called = (kit, post) => withBrowsers(kit, 2, async (page, other) => {
  const number = '+442079460177';
  await signsIn(kit, page, 'caller', first);
  await signsIn(kit, other, 'caller', first);
  await page.goto('/phone');
  await page.fill('main [name=phone_number]', '+44 20 7946 0177');
  await kit.press(page, 'form[action="/phone"] button');
  kit.equal(path(page), '/phone/confirm', 'where the code is entered');
  const [code] = (await post.message(number)).text.match(/\b\d{6}\b/);
  await page.fill('[name=code]', code.replace(/./g, (digit) => (Number(digit) + 1) % 10));
  kit.equal(await kit.press(page, 'form[action="/phone/confirm"] button'), 422, 'a wrong code');
  kit.equal((await alert(page)).trim(), 'This is not the code. You have 4 tries left.', 'what is said');
  await page.fill('[name=code]', code);
  await kit.press(page, 'form[action="/phone/confirm"] button');
  kit.equal((await status(page)).replace(/[\u2066-\u2069]/g, ''), `Confirmed: ${number}.`, 'the confirmation');
  await isSignedOut(kit, other, 'the other browser');
  await isSignedIn(kit, page, 'who confirmed it');
  await post.mail('caller@home.example', 'Your phone number was changed');
});

const renamed = (kit) => withBrowsers(kit, 1, async (page) => {
  await signsIn(kit, page, 'caller', first);
  await page.goto('/username');
  await page.fill('main [name=username]', 'careful');
  kit.equal(await kit.press(page, 'form[action="/username"] button'), 422, 'a name that is taken');
  kit.ok((await alert(page)).includes('Somebody else uses this already.'), 'what is said');
  kit.equal(await page.inputValue('main [name=username]'), 'careful', 'what was typed stays');
  await page.fill('main [name=username]', 'phoner');
  await kit.press(page, 'form[action="/username"] button');
  kit.equal((await status(page)).replace(/[\u2066-\u2069]/g, ''), 'Your username is phoner.', 'the confirmation');
  await page.goto('/logout');
  await kit.press(page, button);
  await signsIn(kit, page, 'caller', first, false);
  await signsIn(kit, page, 'phoner', first);
});

// --- Sessions and activity ---

const ended = (kit) => withBrowsers(kit, 3, async (page, other, third) => {
  for (const each of [page, other, third]) await signsIn(kit, each, 'guest', first);
  await page.goto('/sessions');
  kit.equal(await page.locator('.with-act').count(), 2, 'other browsers on the page');
  kit.equal((await page.locator('.happened').allTextContents()).join(', '), 'Firefox on Windows, Firefox on Windows, Firefox on Windows', 'which browsers');
  await kit.press(page, '.with-act button');
  kit.equal(await status(page), 'You are signed out there.', 'the confirmation');
  const left = [];
  for (const each of [other, third]) {
    await each.goto('/profile');
    if (path(each) === '/profile') left.push(each);
  }
  kit.equal(left.length, 1, 'browsers left');
  await kit.press(page, 'form[action="/sessions/end-others"] button');
  kit.equal(await status(page), 'You are signed out everywhere else.', 'the confirmation');
  await isSignedOut(kit, left[0], 'the last one');
  await isSignedIn(kit, page, 'this one');
}, { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0' });

const remembered = (kit) => withBrowsers(kit, 1, async (page) => {
  await signsIn(kit, page, 'guest', 'not the password', false);
  await signsIn(kit, page, 'guest', first);
  await page.fill('[name=nickname]', 'Visitor');
  await kit.press(page, 'form.profile button[type=submit]');
  await page.goto('/activity');
  const told = (await page.locator('.happened').allTextContents()).slice(0, 5);
  kit.equal(told.join(' '), 'Your profile was changed. You signed in. Somebody tried to sign in with a wrong password. '
    + 'You signed out everywhere else. You signed out on another device.', 'the newest first');
  kit.equal((await page.locator('.event').first().locator('.touched').innerText()).trim(), 'Nickname', 'what was changed');
});

// --- Signing up, and giving the password again ---

async function signsUp(kit, page, email) {
  await page.goto('/login');
  await Promise.all([page.waitForNavigation(), page.locator('main a[href^="/signup"]').first().click()]);
  await page.fill('[name=email]', email);
  await page.selectOption('[name="user_metadata.contact_by"]', 'email');
  await setsPassword(kit, page, first);
  kit.equal(await heading(page), 'Look into your mailbox', 'the answer');
  return page.locator('main').innerText();
}

const joined = (kit, post) => withBrowsers(kit, 1, async (page) => {
  const told = await signsUp(kit, page, 'newcomer@home.example');
  kit.equal(await signsUp(kit, page, 'careful@home.example'), told, 'the answer for somebody who has an account');
  await post.mail('careful@home.example', 'You have an account already');
  await signsIn(kit, page, 'careful', first, false);
  const link = await post.followed('newcomer@home.example', 'Confirm your e-mail address', '/email/confirm');
  await opens(kit, page, link);
  await kit.press(page, button);
  kit.equal(await heading(page), 'Your e-mail address is confirmed', 'the confirmation');
  await signsIn(kit, page, 'newcomer@home.example', first);
  await page.goto('/email');
  kit.ok((await page.locator('main').innerText()).includes('Confirmed.'), 'the address counts as confirmed');
});

const signUpRefused = (kit) => withBrowsers(kit, 1, async (page) => {
  await page.goto('/login');
  await Promise.all([page.waitForNavigation(), page.locator('main a[href^="/signup"]').first().click()]);
  await page.fill('[name=email]', 'nowhere');
  kit.equal(await setsPassword(kit, page, 'short', 'shorter'), 422, 'status');
  await kit.shot(page, 'proofs-signup-refused');
  for (const name of ['email', 'user_metadata.contact_by', 'password', 'password_again'])
    kit.ok(await page.locator(`[role=alert] a[href="#f-${name}"]`).count() > 0, `${name} stands in the list`);
  kit.equal(await page.inputValue('[name=email]'), 'nowhere', 'what was typed stays');
});

const askedAgain = (kit, post) => withBrowsers(kit, 1, async (page) => {
  await signsIn(kit, page, 'late', first);
  await page.goto('/email');
  ageSession(kit);
  await page.fill('main [name=email]', 'late@new.example');
  await kit.press(page, 'form[action="/email"] button');
  kit.equal(page.url(), `${kit.url}/reauthenticate?next=%2Femail`, 'who signed in long ago is asked');
  await kit.shot(page, 'proofs-reauthenticate');
  await page.fill('[name=current_password]', 'not the password');
  kit.equal(await kit.press(page, button), 422, 'a wrong password');
  kit.equal(post.count('late@new.example'), 0, 'nothing was carried out before');
  await page.fill('[name=current_password]', first);
  await kit.press(page, button);
  kit.equal(path(page), '/email', 'where it leads back');
  kit.equal(await page.inputValue('main [name=email]'), 'late@new.example', 'what was typed');
  kit.equal(await page.locator('.pending').count(), 0, 'nothing was carried out by itself');
  await kit.press(page, 'form[action="/email"] button');
  await post.mail('late@new.example', 'Confirm your new e-mail address');
});

// --- Without script ---

const plain = (kit, post) => withBrowsers(kit, 1, async (page) => {
  await asksForLink(kit, page, 'plain');
  await page.goto(await post.followed('plain@home.example', 'Choose a new password', '/password/reset'));
  kit.equal(page.url(), `${kit.url}/password/reset`, 'the address');
  kit.equal(await setsPassword(kit, page, 'password'), 422, 'a weak one');
  kit.ok(await page.locator('[role=alert] a[href="#f-password"]').first().isVisible(), 'the problem is linked');
  await setsPassword(kit, page, second);
  await signsIn(kit, page, 'plain', second);
  await asksForAddress(kit, page, 'plain@new.example');
  await page.goto(await post.followed('plain@new.example', 'Confirm your new e-mail address', '/email/confirm'));
  await kit.press(page, button);
  kit.equal(await heading(page), 'Your new e-mail address counts now', 'the confirmation');
  await signsIn(kit, page, 'plain@new.example', second);
}, { javaScriptEnabled: false });

export default async function proofs(kit) {
  const post = new Post(kit);
  await makePeople(kit);
  await kit.test('forgotten password: mail, link, no token on the page, new password, sessions end, the link works once', () => forgotten(kit, post));
  await kit.test('changing the password: a wrong one is refused, a right one ends all sessions', () => changed(kit, post));
  await kit.test('a new e-mail address counts once its mailbox has answered, and ends the sessions', () => moved(kit, post));
  await kit.test('the old mailbox can take the change back', () => tookBack(kit, post));
  await kit.test('a change that waits can be cancelled, and its link is dead', () => cancelled(kit, post));
  await kit.test('a new phone number counts once its code was entered', () => called(kit, post));
  await kit.test('a new username: a taken one is refused, the new one signs in', () => renamed(kit));
  await kit.test('the page of sessions ends those of other browsers', () => ended(kit));
  await kit.test('the page of activity says what happened', () => remembered(kit));
  await kit.test('signing up, with the same answer for somebody who has an account', () => joined(kit, post));
  await kit.test('signing up: what is missing is listed, and nothing typed is lost', () => signUpRefused(kit));
  await kit.test('an old sign-in gives the password again, and comes back with what was typed', () => askedAgain(kit, post));
  await kit.test('without script: a new password and a new address', () => plain(kit, post));
  await languagesAndLooks(kit, post, first);
}
