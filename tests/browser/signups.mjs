// Making an account at an organization's door, from its sign-in page to the first sign-in there: page, mail and confirmation in its look.
import { sideways, small, violations } from './access.mjs';
import { Post } from './proofs_post.mjs';

const secret = 'staple battery 41 correct', send = 'main form button[type=submit]';
const path = (page) => new URL(page.url()).pathname + new URL(page.url()).search;
const words = (page, what) => page.locator(what).first().textContent();

async function visits(kit, options, run) {
  const { context, page } = await kit.visitor(options);
  try { await run(page); kit.quiet(page); } finally { await context.close(); }
}

async function wears(kit, page, name, what) {
  kit.equal(await words(page, '.portal bdi'), name, `${what}: whose page it is`);
  kit.ok(await page.locator('link[href*="/look/"]').count() === 1, `${what}: in its colours`);
}

async function fillIn(page, address, password = secret) {
  await page.fill('[name=email]', address);
  await page.selectOption('[name="user_metadata.contact_by"]', 'email');
  await page.fill('[name=password]', password);
  await page.fill('[name=password_again]', password);
}

async function fromDoorToDoor(kit, page, address) {
  const post = new Post(kit);
  await page.goto('/o/acme/login?lang=en');
  await kit.press(page, 'main a[href="/o/acme/signup"]');
  await wears(kit, page, 'Acme Ltd', 'the form');
  await fillIn(page, address);
  kit.equal(await kit.press(page, send), 200, 'sent');
  kit.equal(path(page), '/o/acme/signup?sent=1', 'and still there');
  await wears(kit, page, 'Acme Ltd', 'what follows');
  const mail = await post.mail(address, 'Confirm your e-mail address');
  kit.ok(mail.text.includes('Acme Ltd') && mail.text.includes('help@acme.example'), `the mail is Acme's\n${mail.text}`);
  await page.goto(mail.text.match(/https?:\S*\/email\/confirm\?token=\S+/)[0]);
  await wears(kit, page, 'Acme Ltd', 'the page of the link');
  await kit.press(page, send);
  kit.equal(path(page).split('?')[0], '/o/acme/login', 'goes on at the door');
  kit.ok((await words(page, '[role=status]')).includes('confirmed'), 'which says what was done');
  await page.fill('[name=identifier]', address);
  await page.fill('[name=password]', secret);
  await kit.press(page, send);
  kit.equal(path(page), '/profile', 'the first sign-in there');
  await page.goto('/organizations');
  kit.equal(path(page), '/organizations', 'signed in');
  kit.ok(!(await words(page, 'main')).includes('Acme Ltd'), 'and is no member');
}

// Whoever has an account gets the same pages, and a mail of that organization which leads to its own sign-in page.
async function known(kit, page) {
  const post = new Post(kit);
  await page.goto('/o/acme/signup?lang=en');
  await fillIn(page, 'ada@example.com');
  await kit.press(page, send);
  kit.equal(path(page), '/o/acme/signup?sent=1', 'the same answer');
  const mail = await post.mail('ada@example.com', 'You have an account already');
  kit.ok(mail.text.includes('Acme Ltd') && mail.text.includes(`${kit.url}/o/acme/login`), `in Acme's words\n${mail.text}`);
}

const modes = [
  ['light', 'en', {}], ['dark', 'de', { colorScheme: 'dark' }], ['phone', 'ar', { viewport: { width: 320, height: 640 } }],
  ['phone-dark', 'en', { colorScheme: 'dark', viewport: { width: 320, height: 640 } }],
];

async function looks(kit, page, [name, language]) {
  for (const [what, address] of [['signup-door', '/o/acme/signup'], ['signup-door-sent', '/o/acme/signup?sent=1'], ['login-door', '/o/dar-alnoor/login'], ['signup-door-refused', '']]) {
    if (address) await page.goto(`${address}${address.includes('?') ? '&' : '?'}lang=${language}`);
    else {
      await page.goto('/o/dar-alnoor/signup');
      await kit.press(page, send);
      kit.equal(path(page), '/o/dar-alnoor/signup', 'stays in its flow');
    }
    await kit.shot(page, `${what}-${name}-${language}`);
    const found = await violations(page);
    kit.equal(found.length, 0, `${what}: axe\n${found.join('\n')}`);
    kit.ok(await sideways(page) <= 0, `${what} scrolls sideways by ${await sideways(page)} px`);
    kit.equal((await small(page)).join('\n'), '', `${what}: targets under 44 px`);
  }
}

export default async function signups(kit) {
  await kit.test('an organization\'s sign-up: its look from door to door', () => visits(kit, {}, (page) => fromDoorToDoor(kit, page, 'newcomer@door.example')));
  await kit.test('the same without script', () => visits(kit, { javaScriptEnabled: false }, (page) => fromDoorToDoor(kit, page, 'scriptless@door.example')));
  await kit.test('who has an account already sees the same and gets a mail of that organization', () => visits(kit, {}, (page) => known(kit, page)));
  for (const mode of modes)
    await kit.test(`an organization's sign-up, ${mode[0]}, ${mode[1]}: axe, width, targets`, () => visits(kit, mode[2], (page) => looks(kit, page, mode)));
}
