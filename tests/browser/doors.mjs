// Doors: signing in, being refused, paused, blocked; languages; the pages of errors, from the program and from nginx.
import { renameSync } from 'node:fs';
import { join } from 'node:path';

const heading = (page) => page.locator('h1').textContent();
const path = (page) => new URL(page.url()).pathname;
const cookie = async (context, name) => (await context.cookies()).find((one) => one.name === name);

// The same look: our style sheet is at work, there is one heading and a way on.
async function looksLikeUs(kit, page, name) {
  await kit.shot(page, `error-${name}`);
  kit.equal(await page.locator('h1').count(), 1, 'headings');
  const surface = await page.locator('.card').evaluate((one) => getComputedStyle(one).borderTopLeftRadius);
  kit.equal(surface, '9px', 'the style sheet');
}

async function wrongPassword(kit, page) {
  kit.equal(await kit.signIn(page, 'ben@acme.example', '/login', 'not the password'), 422, 'status');
  kit.ok((await page.locator('[role=alert]').textContent()).includes('do not belong together'), 'what is said');
  kit.equal(await page.inputValue('[name=identifier]'), 'ben@acme.example', 'the identifier stays');
  kit.equal(await page.inputValue('[name=password]'), '', 'the password does not');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'alert');
  await kit.signIn(page, 'nobody@acme.example', '/login', 'not the password');
  const unknown = await page.locator('[role=alert]').textContent();
  await kit.signIn(page, 'ben@acme.example', '/login', 'not the password');
  kit.equal(await page.locator('[role=alert]').textContent(), unknown, 'known and unknown are told the same');
}

async function showsPassword(kit, page) {
  await page.goto('/login');
  await page.fill('[name=password]', 'a secret');
  await page.getByRole('button', { name: 'Show (Password)' }).click();
  kit.equal(await page.getAttribute('[name=password]', 'type'), 'text', 'shown');
  await page.getByRole('button', { name: 'Hide (Password)' }).click();
  kit.equal(await page.getAttribute('[name=password]', 'type'), 'password', 'hidden again');
}

async function comesBack(kit, page) {
  await page.goto('/profile');
  kit.equal(page.url(), `${kit.url}/login?next=%2Fprofile`, 'where a stranger is sent');
  await page.getByRole('link', { name: 'Deutsch' }).click();
  await page.waitForFunction(() => document.documentElement.lang === 'de');
  kit.equal(await page.inputValue('[name=next]', { timeout: 5000 }), '/profile', 'the way back survives another language');
  await kit.signIn(page, 'ben', '/login?next=//evil.example/', kit.accounts['ben@acme.example']);
  kit.equal(page.url(), `${kit.url}/profile`, 'no way leads out');
  await page.goto('/login?next=/logout');
  kit.equal(path(page), '/logout', 'somebody who is signed in goes on at once');
  await kit.press(page, 'main button[type=submit]');
  kit.equal(path(page), '/login', 'signed out');
  kit.equal(await page.getAttribute('html', 'lang'), 'de', 'the language stays');
  kit.ok((await page.locator('[role=status]').textContent()).length > 0, 'it is said');
}

async function languages(kit) {
  for (const [locale, lang] of [['de-AT', 'de'], ['ar-EG', 'ar'], ['fr-FR', 'en']]) {
    const { context, page } = await kit.visitor({ locale });
    await page.goto('/login');
    kit.equal(await page.getAttribute('html', 'lang'), lang, `for a browser in ${locale}`);
    await context.close();
  }
  const { context, page } = await kit.visitor({ locale: 'fr-FR' });
  await kit.signIn(page, 'greta@acme.example');
  kit.equal(await page.getAttribute('html', 'lang'), 'de', 'the language of the profile, where the browser names none of ours');
  await page.getByRole('link', { name: 'العربية' }).click();
  await page.waitForFunction(() => document.documentElement.dir === 'rtl');
  kit.equal((await cookie(context, 'lang')).value, 'ar', 'the choice is remembered');
  await page.goto('/profile');
  kit.equal(await page.getAttribute('html', 'dir'), 'rtl', 'on the next page, too');
  const mirrored = await page.evaluate(() => document.querySelector('.portal').getBoundingClientRect().left > document.querySelector('.person').getBoundingClientRect().left);
  kit.ok(mirrored, 'the frame is mirrored');
  await context.close();
}

async function forged(kit, page) {
  await kit.signIn(page, 'ben@acme.example');
  const before = await page.inputValue('[name=nickname]');
  await page.fill('[name=nickname]', 'forged');
  await page.evaluate(() => { document.querySelector('form.profile [name=csrf]').value = 'forged'; });
  kit.equal(await kit.press(page, 'form.profile button[type=submit]'), 403, 'status');
  kit.equal(await heading(page), 'This form can no longer be used', 'heading');
  await looksLikeUs(kit, page, '403');
  await page.getByRole('link', { name: 'Open the page again' }).click();
  await page.waitForURL('**/profile');
  kit.equal(await page.inputValue('[name=nickname]'), before, 'nothing was changed');
}

async function tooMuch(kit, page) {
  await page.evaluate(() => { document.querySelector('[name="user_metadata.about"]').value = 'x'.repeat(70000); });
  kit.equal(await kit.press(page, 'form.profile button[type=submit]'), 413, 'status');
  kit.equal(await heading(page), 'That is too much at once', 'heading');
  await looksLikeUs(kit, page, '413');
}

async function nothingThere(kit, page) {
  kit.equal((await page.goto('/nowhere')).status(), 404, 'status');
  kit.equal(await heading(page), 'There is no such page', 'heading');
  await looksLikeUs(kit, page, '404');
  await page.getByRole('link', { name: 'Go to your profile' }).click();
  await page.waitForURL('**/profile');
}

async function blocked(kit) {
  const who = 'dario@mail.example';
  const { context, page } = await kit.visitor();
  await kit.signIn(page, who);
  kit.equal(path(page), '/profile', 'before');
  kit.equal((await kit.demo.latchkey('user', 'block', who)).code, 0, 'blocking');
  await page.goto('/profile');
  kit.equal(path(page), '/login', 'the session has ended');
  kit.equal(await kit.signIn(page, who), 403, 'status');
  kit.equal(await heading(page), 'This account is blocked', 'heading');
  kit.ok((await page.locator('main').textContent()).includes('Ask support@example.com.'), 'whom to ask');
  await looksLikeUs(kit, page, 'blocked');
  await kit.signIn(page, who, '/login', 'not the password');
  kit.ok((await page.locator('[role=alert]').textContent()).includes('do not belong together'), 'a stranger does not learn of it');
  kit.equal((await kit.demo.latchkey('user', 'unblock', who)).code, 0, 'unblocking');
  await kit.signIn(page, who);
  kit.equal(path(page), '/profile', 'afterwards');
  kit.quiet(page);
  await context.close();
}

// Both need a demo of their own: nobody else shall wait for it.
async function pausedAndGone(kit, demo) {
  const { context, page } = await kit.visitor({ baseURL: demo.url });
  await kit.test('after too many wrong passwords sign-in pauses, and says for how long', async () => {
    for (let i = 0; i < 3; i += 1) kit.equal(await kit.signIn(page, 'ben@acme.example', '/login', 'wrong'), 422, 'status');
    kit.equal(await kit.signIn(page, 'ben@acme.example', '/login', demo.accounts()['ben@acme.example']), 429, 'status');
    kit.equal((await page.locator('[role=alert]').textContent()).trim(), 'Too many tries. Signing in here pauses for 5 minutes.', 'what is said');
    kit.equal(await page.inputValue('[name=identifier]'), 'ben@acme.example', 'the identifier stays');
    await kit.shot(page, 'error-429');
    await page.goto('/login?lang=ar');
    await kit.signIn(page, 'ben@acme.example', '/login', 'wrong');
    kit.ok(/5 دقائق/.test(await page.locator('[role=alert]').textContent()), 'with the right plural');
    await kit.signIn(page, 'ada@example.com', '/login?lang=en', demo.accounts()['ada@example.com']);
    kit.equal(path(page), '/profile', 'others are not kept waiting');
  });
  await kit.test('when the program cannot be reached, nginx says so in the same look', async () => {
    renameSync(join(demo.run, 'latchkey.sock'), join(demo.run, 'away.sock'));
    kit.equal((await page.goto('/profile')).status(), 502, 'status');
    kit.equal(await heading(page), 'The portal does not answer just now', 'heading');
    await looksLikeUs(kit, page, '502');
    renameSync(join(demo.run, 'away.sock'), join(demo.run, 'latchkey.sock'));
    await page.goto('/profile');
    kit.equal(path(page), '/profile', 'and it goes on afterwards, still signed in');
    kit.quiet(page);
  });
  await context.close();
  await kit.test('that program ended cleanly', async () => kit.equal((await demo.stop()).code, 0, demo.output.slice(-2000)));
  demo.remove();
}

export default async function doors(kit) {
  const other = new kit.Demo({ env: { LATCHKEY_LOGIN_FAILURES: '3', LATCHKEY_LOGIN_PAUSE_SECONDS: '300' } }).start();
  other.catch(() => {});            // it is awaited further down, and fails there
  const { context, page } = await kit.visitor();
  await kit.test('a wrong password: the identifier stays, the password does not, and nobody learns who exists', () => wrongPassword(kit, page));
  await kit.test('a password can be shown and hidden', () => showsPassword(kit, page));
  await kit.test('signing in leads back to where one wanted to go, and nowhere else', () => comesBack(kit, page));
  await context.clearCookies();
  await kit.test('a forged form is refused, and nothing is changed', () => forged(kit, page));
  await kit.test('a form that is too large is refused by nginx in the same look', async () => { await tooMuch(kit, page); });
  await kit.test('a page that is not there', () => nothingThere(kit, page));
  await kit.test('doors: the browser had nothing to complain of', () => kit.quiet(page));
  await context.close();
  await kit.test('languages: of the browser, of the profile, of one\'s choice', () => languages(kit));
  await kit.test('a blocked account is told so after its password, and its sessions end', () => blocked(kit));
  await pausedAndGone(kit, await other);
}
