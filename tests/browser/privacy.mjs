// One's own data: the overview, agreeing and taking it back, being held up by terms; in three languages, on a phone's width, without script.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sideways, small, violations } from './access.mjs';

const path = (page) => new URL(page.url()).pathname;
const notice = (page) => page.locator('#notice').textContent();
const answer = (kit, page, name, value) => kit.press(page, `form[action="/consent"] button[name="consent.${name}"][value=${value}]`);

const terms = (version) => ({
  name: 'terms', version, required: true, title: { en: 'Terms of use', de: 'Nutzungsbedingungen', ar: 'شروط الاستخدام' },
  text: { en: 'Be kind.\nReturn what you borrow.', de: 'Seien Sie freundlich.\nBringen Sie zurück, was Sie leihen.', ar: 'كن لطيفًا.\nأعد ما استعرته.' },
});

async function withVisitor(kit, options, run) {
  const { context, page } = await kit.visitor(options);
  try {
    await run(page);
    kit.quiet(page);
  } finally {
    await context.close();
  }
}

async function sound(kit, page, name) {
  await kit.shot(page, name);
  const found = await violations(page);
  kit.equal(found.length, 0, `axe\n${found.join('\n')}`);
  kit.ok(await sideways(page) <= 0, `${name} scrolls sideways by ${await sideways(page)} px`);
  const tiny = await small(page);
  kit.equal(tiny.length, 0, `targets under 44 px\n${tiny.join('\n')}`);
}

const overview = (kit, language, who, options) => withVisitor(kit, options, async (page) => {
  await page.goto(`/login?lang=${language}`);
  await kit.signIn(page, who);
  if (await page.locator('.fold summary').isVisible()) await page.click('.fold summary');
  await page.click('nav.places a[href="/privacy"]');
  kit.equal(path(page), '/privacy', 'the place in the side list');
  const rows = await page.locator('main table tbody tr').count();
  kit.ok(rows >= 1 && rows <= 6, `who sees what is said in a few rows: ${rows}`);
  await sound(kit, page, `privacy-${language}`);
  await page.click('#held-contact > summary');
  kit.ok((await page.locator('#held-contact').innerText()).includes(who), 'the address stands there');
  const closed = page.locator('main details:not([open]) > summary');
  while (await closed.count()) await closed.first().click();
  await sound(kit, page, `privacy-${language}-open`);
});

const agrees = (kit) => withVisitor(kit, { javaScriptEnabled: false }, async (page) => {
  await kit.signIn(page, 'dario@mail.example');
  kit.equal(path(page), '/profile', 'an optional purpose holds nobody up');
  await page.goto('/privacy');
  kit.equal(await page.locator('form[action="/consent"] button[name="consent.newsletter"]').count(), 2, 'a yes and a no');
  await answer(kit, page, 'newsletter', 'yes');
  kit.equal(await notice(page), 'Your answer is kept.', 'the notice');
  kit.ok((await page.locator('main').textContent()).includes('You agreed on '), 'it stands there');
  await answer(kit, page, 'newsletter', 'no');
  kit.ok((await page.locator('main').textContent()).includes('You said no on '), 'and is taken back as easily');
  kit.equal(await page.locator('details.asks li').count(), 2, 'both stand in the history');
});

// Asked once at a sign-in, and never again after a yes, a no or a "not now".
async function askedOnce(kit, demo, who, language, act, options = {}) {
  const password = demo.accounts()[who];
  await withVisitor(kit, { baseURL: demo.url, ...options }, async (page) => {
    await page.goto(`/login?lang=${language}`);
    await kit.signIn(page, who, '/login?next=/sessions', password);
    kit.equal(path(page), '/sessions', 'the sign-in goes where it should');
    await page.click('.question a');
    kit.equal(path(page), '/consent', 'and a line leads to the question');
    kit.equal(await page.locator('input:checked').count(), 0, 'nothing is chosen');
    if (options.javaScriptEnabled !== false) await sound(kit, page, `consent-optional-${language}`);
    await act(page);
    kit.equal(path(page), '/sessions', 'and goes on where it began');
  });
  await withVisitor(kit, { baseURL: demo.url }, async (page) => {
    await kit.signIn(page, who, '/login', password);
    kit.equal(path(page), '/profile', 'the next one goes on as ever');
    kit.equal(await page.locator('.question').count(), 0, 'and asks nothing');
  });
}

const later = (kit) => (page) => kit.press(page, 'main button[name=later]');
const says = (kit, word) => async (page) => {
  await page.locator(`[name="consent.newsletter"][value=${word}]`).check();
  await kit.press(page, 'main form[action="/consent"] button[type=submit]');
};

async function applied(kit, demo, version) {
  const file = join(demo.run, 'purposes.json');
  writeFileSync(file, JSON.stringify({ purposes: [terms(version)] }));
  const made = await demo.latchkey('apply', file);
  kit.equal(made.code, 0, made.stderr);
}

// Another demo, so that nobody else's test is held up.
async function heldUp(kit, demo, language, who, more = {}) {
  await withVisitor(kit, { baseURL: demo.url, ...more }, async (page) => {
    await page.goto(`/login?lang=${language}`);
    await kit.signIn(page, who, '/login?next=/sessions', demo.accounts()[who]);
    kit.equal(path(page), '/consent', 'the sign-in leads to the question');
    kit.equal(await page.locator('input:checked').count(), 0, 'nothing is chosen');
    for (const way of ['/profile', '/activity', '/privacy', '/organizations']) {
      await page.goto(way);
      kit.equal(path(page), '/consent', `${way} leads to the question`);
    }
    if (more.javaScriptEnabled !== false) await sound(kit, page, `consent-${language}`);
    await page.goto('/consent?next=/sessions');
    kit.equal(await kit.press(page, 'main button[type=submit]'), 422, 'no answer');
    kit.equal(await page.locator('#errors').count(), 1, 'what is missing is said');
    await page.locator('[name="consent.terms"][value=no]').check();
    await kit.press(page, 'main form[action="/consent"] button[type=submit]');
    kit.equal(await page.locator('a[href="/privacy/delete"]').count(), 1, 'a no says what it means');
    if (more.javaScriptEnabled !== false) await sound(kit, page, `consent-refused-${language}`);
    await page.click('main a.button');
    await page.locator('[name="consent.terms"][value=yes]').check();
    await kit.press(page, 'main form[action="/consent"] button[type=submit]');
    kit.equal(path(page), '/sessions', 'and a yes goes on where it began');
  });
}

async function asksAgain(kit, demo) {
  await withVisitor(kit, { baseURL: demo.url }, async (page) => {
    await kit.signIn(page, 'ada@example.com', '/login', demo.accounts()['ada@example.com']);
    kit.equal(path(page), '/profile', 'what was answered is not asked again');
    await applied(kit, demo, '2');
    await page.goto('/profile');
    kit.equal(path(page), '/consent', 'a new version is');
    await kit.press(page, '.person button');
    kit.equal(path(page), '/login', 'signing out stays open');
  });
}

export default async function privacy(kit) {
  await kit.test('the overview of one\'s own data, English', () => overview(kit, 'en', 'ada@example.com', {}));
  await kit.test('the overview of one\'s own data, German, dark', () => overview(kit, 'de', 'greta@acme.example', { colorScheme: 'dark' }));
  await kit.test('the overview of one\'s own data, Arabic, on a phone', () => overview(kit, 'ar', 'leyla@acme.example', { viewport: { width: 320, height: 640 } }));
  await kit.test('agreeing and taking it back, without script', () => agrees(kit));
  const demo = await new kit.Demo().start();
  try {
    await kit.test('a new question is asked once: not now', () => askedOnce(kit, demo, 'ben@acme.example', 'en', later(kit)));
    await kit.test('a new question is asked once: no, in German, without script', () => askedOnce(kit, demo, 'greta@acme.example', 'de', says(kit, 'no'), { javaScriptEnabled: false }));
    await kit.test('a new question is asked once: yes, in Arabic, on a phone', () => askedOnce(kit, demo, 'leyla@acme.example', 'ar', says(kit, 'yes'), { viewport: { width: 360, height: 640 } }));
    await applied(kit, demo, '1');
    await kit.test('terms hold up a sign-in until they are answered', () => heldUp(kit, demo, 'en', 'ada@example.com'));
    await kit.test('the same in German, without script', () => heldUp(kit, demo, 'de', 'greta@acme.example', { javaScriptEnabled: false }));
    await kit.test('the same in Arabic, on a phone', () => heldUp(kit, demo, 'ar', 'leyla@acme.example', { viewport: { width: 320, height: 640 } }));
    await kit.test('only a new version asks again', () => asksAgain(kit, demo));
  } finally {
    const exit = await demo.stop();
    await kit.test('the demo with terms ended cleanly', () => kit.equal(exit.code, 0, demo.output.slice(-2000)));
    demo.remove();
  }
}
