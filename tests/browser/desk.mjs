// The help desk: finding members with and without script, opening and saving one, blocking and unblocking with a reason, a request for
// a locked field and its approval; in three languages, on a phone's width, without anything that axe finds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sideways, small, violations } from './access.mjs';
import { Post } from './proofs_post.mjs';

const desk = '/o/acme/desk', secret = 'an old lamp in the hall';
const greta = 'greta@acme.example', wanda = 'wanda@desk.example';
const rows = (page) => page.locator('#members tbody tr').count();
const found = (page) => page.locator('#found').textContent();
const notice = (page) => page.locator('#notice').textContent();
const path = (page) => new URL(page.url()).pathname;

const members = Array.from({ length: 40 }, (_, i) => ({
  connection: 'customers', email: `reader${i}@desk.example`, name: `Quentin Reader ${i}`, user_metadata: { contact_by: 'email' },
  organizations: [{ name: 'acme', home: true }],
}));
members.push({
  connection: 'customers', email: wanda, email_verified: true, name: 'Wanda Wünsche', password: secret,
  user_metadata: { contact_by: 'email', card_number: 'WW-100000' }, organizations: [{ name: 'acme', home: true }],
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

async function sitsDown(kit, page, who = greta, language = 'en') {
  await page.goto(`/login?lang=${language}`);
  await kit.signIn(page, who);
  await page.goto(`${desk}/members`);
}

const plain = (kit) => withVisitor(kit, { javaScriptEnabled: false }, async (page) => {
  await sitsDown(kit, page);
  kit.equal(await rows(page), 25, 'rows of the first page');
  await page.fill('[name=q]', 'wunsche');
  await kit.press(page, 'form[role=search] button');
  kit.equal(await rows(page), 1, 'who is found');
  kit.ok((await page.locator('#members').textContent()).includes('Wanda Wünsche'), 'the right one');
  await page.fill('[name=q]', 'nobody at all');
  await kit.press(page, 'form[role=search] button');
  kit.ok((await page.locator('#members').textContent()).includes('No member fits.'), 'what to do when nobody fits');
  await page.goto(`${desk}/members?q=quentin`);
  await kit.press(page, '#members a[rel=next]');
  kit.equal(await rows(page), 15, 'rows of the second page');
  await kit.press(page, '#members a[rel=prev]');
  kit.equal(await rows(page), 25, 'and back');
  await page.goto(`${desk}/members?role=help-desk`);
  kit.equal(await rows(page), 1, 'the help desk');
});

const typed = (kit) => withVisitor(kit, {}, async (page) => {
  await sitsDown(kit, page);
  const fetched = [];
  page.on('request', (request) => { if (request.url().includes('/members?')) fetched.push(request.url()); });
  await page.locator('[name=q]').pressSequentially('wanda', { delay: 20 });
  await page.locator('#members tbody tr').nth(1).waitFor({ state: 'detached' });
  kit.equal(await rows(page), 1, 'who is found');
  kit.equal(await found(page), '1 member found.', 'what is read out');
  kit.ok(fetched.length < 5, `asked ${fetched.length} times for one word`);
  kit.equal(new URL(page.url()).searchParams.get('q'), 'wanda', 'the address follows');
  kit.ok(await page.evaluate(() => document.activeElement.name === 'q'), 'the focus stays');
  await page.locator('.filters summary').click();
  await page.selectOption('[name=state]', 'blocked');
  await page.locator('#members table').waitFor({ state: 'detached' });
  kit.equal(await found(page), 'Nobody found.', 'what is read out then');
  await page.selectOption('[name=state]', '');
  await page.locator('#members table').waitFor();
  await kit.press(page, '#members tbody a');
  kit.ok(path(page).startsWith(`${desk}/members/local`), 'the member opens');
  await page.goBack();
  kit.equal(await page.inputValue('[name=q]'), 'wanda', 'the way back leads to the search');
});

async function open(kit, page, word) {
  await page.goto(`${desk}/members?q=${word}`);
  await kit.press(page, '#members tbody a');
}

const saves = (kit) => withVisitor(kit, {}, async (page) => {
  await sitsDown(kit, page);
  await open(kit, page, 'wanda');
  await page.fill('[name=nickname]', 'Wandi');
  await kit.press(page, 'form.profile button[type=submit]');
  kit.ok(await page.locator('#errors').isVisible(), 'a reason is asked for');
  kit.equal(await page.inputValue('[name=nickname]'), 'Wandi', 'what was typed');
  await page.fill('#reason-save', 'asked by phone');
  await kit.press(page, 'form.profile button[type=submit]');
  kit.ok((await notice(page)).startsWith('Saved'), 'saved');
  kit.equal(await page.inputValue('[name=nickname]'), 'Wandi', 'kept');
});

async function act(kit, page, name, reason) {
  if (!await page.locator(`#${name}[open]`).count()) await page.locator(`#${name} summary`).click();
  if (reason) await page.fill(`#reason-${name}`, reason);
  return kit.press(page, `#${name} button[type=submit]`);
}

const blocks = (kit) => withVisitor(kit, {}, (page) => withVisitor(kit, {}, async (person) => {
  await kit.signIn(person, wanda, '/login', secret);
  await sitsDown(kit, page);
  await open(kit, page, 'wanda');
  await act(kit, page, 'block', '');
  kit.ok(await page.locator('#errors').isVisible(), 'a reason is asked for');
  await page.fill('#reason-block', 'lost the telephone');
  await kit.press(page, '#block button[type=submit]');
  kit.ok((await page.locator('.mark.open').first().textContent()).includes('Blocked'), 'blocked');
  await person.goto('/profile');
  kit.equal(path(person), '/login', 'the session has ended');
  kit.equal(await kit.signIn(person, wanda, '/login', secret), 403, 'the right password');
  const why = await person.locator('main').textContent();
  kit.ok(why.includes('Acme Ltd has blocked it') && why.includes('help@acme.example'), `hears who did it and whom to ask\n${why}`);
  await act(kit, page, 'unblock', 'it was found');
  await kit.signIn(person, wanda, '/login', secret);
  await person.goto('/activity');
  const told = await person.locator('main').textContent();
  const post = new Post(kit), mail = await post.mail(wanda, 'Your account was blocked');
  kit.ok(mail.text.includes('Acme Ltd') && mail.text.includes('Their reason: lost the telephone'), `and got it in a mail\n${mail.text}`);
  await post.mail(wanda, 'Your account works again');
  kit.ok(told.includes('lost the telephone') && told.includes('it was found'), 'the person reads both reasons');
}));

const asks = (kit) => withVisitor(kit, {}, (page) => withVisitor(kit, { javaScriptEnabled: false }, async (person) => {
  await kit.signIn(person, wanda, '/login', secret);
  await kit.press(person, 'a[href="/profile/requests?field=user_metadata.card_number"]');
  await person.fill('[name=value]', 'WW-200000');
  await person.fill('[name=note]', 'A new card came.');
  await kit.press(person, 'main form button[type=submit]');
  kit.equal(path(person), '/profile/requests', 'the list');
  await sitsDown(kit, page);
  await page.goto(`${desk}/requests`);
  const card = page.locator('.request', { hasText: 'Wanda' });
  kit.ok((await card.textContent()).includes('A new card came.'), 'the note');
  await card.locator('[name=note]').fill('saw the card');
  const answered = page.waitForNavigation();
  await card.locator('button[value=approve]').click();
  await answered;
  kit.equal(await notice(page), 'The change is made, and the person gets a mail.', 'the notice');
  await person.goto('/profile');
  kit.ok((await person.locator('main').textContent()).includes('WW-200000'), 'the change');
  await person.goto('/profile/requests');
  kit.ok((await person.locator('main').textContent()).includes('saw the card'), 'the answer');
  await person.goto('/activity');
  kit.ok((await person.locator('main').textContent()).includes('Your request for a change of your profile was approved.'), 'the activity');
}));

// Where there is no room beside the page, its places stand behind one word: no script, no mouse.
const folds = (kit) => withVisitor(kit, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } }, async (page) => {
  await sitsDown(kit, page);
  const members = page.locator(`.places a[href="${desk}/members"]`), heading = page.locator('h1');
  kit.ok(!await members.isVisible(), 'the places are folded');
  kit.ok((await heading.boundingBox()).y < 200, 'the heading stands near the top');
  await page.keyboard.press('Tab');
  for (let i = 0; i < 8 && !await page.evaluate(() => document.activeElement.matches('.fold summary')); i += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  kit.ok(await members.isVisible(), 'one key opens them');
  await page.keyboard.press('Tab');
  kit.equal(await page.evaluate(() => document.activeElement.textContent), 'Overview', 'and the next one is the first place');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  kit.equal(path(page), `${desk}/`, 'which opens');
  await page.setViewportSize({ width: 1280, height: 900 });
  kit.ok(await members.isVisible() && !await page.locator('.fold').isVisible(), 'with room they simply stand there');
});

// What is needed most is there at once, and what a search on the first page finds is the person.
const atOnce = (kit) => withVisitor(kit, {}, async (page) => {
  await sitsDown(kit, page);
  await page.goto(`${desk}/`);
  await page.fill('[name=q]', 'wanda');
  await kit.press(page, 'form[role=search] button');
  kit.equal(await page.locator('#members .portrait').first().textContent(), 'WW', 'initials');
  await kit.press(page, '#members tbody a');
  for (const name of ['reset', 'sessions', 'unlock']) {
    kit.ok(await page.locator(`#${name} summary`).evaluate((one) => one.getBoundingClientRect().bottom < innerHeight), `${name} is seen without scrolling`);
  }
  await page.click('a[href="#grave-heading"]');
  kit.ok(await page.locator('#block summary').evaluate((one) => one.getBoundingClientRect().top < innerHeight), 'one press leads to what is grave');
});

const modes = [
  { language: 'en', options: { colorScheme: 'light' } },
  { language: 'de', options: { colorScheme: 'dark', viewport: { width: 768, height: 1024 } } },
  { language: 'ar', options: { viewport: { width: 320, height: 640 } } },
];
const pages = ['', 'members', 'members?q=nobody+at+all', 'members?role=help-desk&sort=-joined', 'requests', 'requests?answered=yes'];

async function looks(kit, page, name) {
  await kit.shot(page, name);
  const wrong = await violations(page);
  kit.equal(wrong.length, 0, `axe\n${wrong.join('\n')}`);
  kit.ok(await sideways(page) <= 0, `the page scrolls sideways by ${await sideways(page)} px`);
  const tiny = await small(page);
  kit.equal(tiny.length, 0, `targets under 44 px\n${tiny.join('\n')}`);
}

async function walk(kit, { language, options }) {
  const { context, page } = await kit.visitor(options);
  await sitsDown(kit, page, greta, language);
  await kit.test(`desk: a member, ${language}: no axe violation, nothing sideways, big enough to touch`, async () => {
    await open(kit, page, 'wanda');
    await page.locator('#reset summary').click();
    await looks(kit, page, `desk-member-${language}`);
  });
  for (const place of pages) {
    await kit.test(`desk: ${place}, ${language}: no axe violation, nothing sideways, big enough to touch`, async () => {
      await page.goto(`${desk}/${place}`);
      await looks(kit, page, `desk-${place.replace(/\W+/g, '-')}-${language}`);
    });
  }
  await kit.test(`desk: a request, ${language}: no axe violation, nothing sideways, big enough to touch`, async () => {
    await kit.press(page, '.person button');
    await kit.signIn(page, wanda, `/login?lang=${language}`, secret);
    for (const place of ['/profile/requests?field=user_metadata.card_number', '/profile/requests']) {
      await page.goto(place);
      await looks(kit, page, `request${place.replace(/\W+/g, '-')}-${language}`);
    }
  });
  await context.close();
}

export default async function helpDesk(kit) {
  const file = join(kit.demo.run, 'desk.json');
  writeFileSync(file, JSON.stringify({ users: members }));
  const made = await kit.demo.latchkey('apply', file);
  kit.equal(made.code, 0, made.stderr);
  await kit.test('members are found, filtered and paged without script', () => plain(kit));
  await kit.test('the list follows what is typed, and says what it found', () => typed(kit));
  await kit.test('a member is opened and saved, with a reason', () => saves(kit));
  await kit.test('the places fold where there is no room, without script', () => folds(kit));
  await kit.test('a person is found from the first page, and helped at once', () => atOnce(kit));
  await kit.test('blocked and unblocked with a reason; the person reads it', () => blocks(kit));
  await kit.test('a request for a locked field is made, approved and told', () => asks(kit));
  for (const mode of modes) await walk(kit, mode);
}
