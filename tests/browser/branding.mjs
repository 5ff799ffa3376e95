// An administrator chooses colours: the verdict follows while they choose and is the server's, previews show what nobody else sees yet,
// and what is saved is what members meet. Then somebody wears a look on their own pages.
import { sideways, small, violations } from './access.mjs';

const path = '/o/acme/desk/branding';
const verdict = (page) => page.locator('#verdict').evaluate((box) => [...box.querySelectorAll('p, li')]
  .filter((line) => line.offsetParent !== null).map((line) => line.textContent.trim()).join('\n'));
const primaryOf = (page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--primary').trim());
const save = '.save button[type=submit]';

async function looksFine(kit, page, name) {
  await kit.shot(page, name);
  const found = await violations(page);
  kit.equal(found.length, 0, `axe\n${found.join('\n')}`);
  kit.ok(await sideways(page) <= 0, `${name} scrolls sideways by ${await sideways(page)} px`);
  kit.equal((await small(page)).join('\n'), '', `${name}: targets under 44 px`);
}

async function choose(page, primary, background) {
  await page.fill('[name=primary]', primary);
  await page.fill('[name=page_background]', background);
}

// The script's words against the server's, for colours of every kind.
async function live(kit, page) {
  for (const [primary, background] of [['#ffcc00', '#fffbea'], ['#0A5C36', '#f4f7f5'], ['#abc', '#777777'], ['#000000', '#ffffff'], ['#e91e63', '#fce4ec']]) {
    await page.goto(path);
    await choose(page, primary, background);
    const said = await verdict(page);
    await kit.press(page, save);
    kit.equal(await verdict(page), said, `${primary} on ${background}: script against server`);
  }
  await page.goto(path);
  await choose(page, '', '');
  kit.ok(/portal.s own colours/.test(await verdict(page)), 'no colours: the portal\'s');
  await page.fill('[name=primary]', 'red');
  kit.ok(/Give both colours/.test(await verdict(page)), 'half of it');
}

async function preview(kit, page) {
  await page.goto(path);
  await choose(page, '#7a2e6b', '#fbf6fa');
  await page.fill('[name="texts.login.heading.en"]', 'Come in');
  for (const [name, words] of [['login', 'Come in'], ['reset', 'password'], ['mail', 'Acme']]) {
    const opened = page.context().waitForEvent('page');
    await page.click(`button[value=${name}]`);
    const shown = kit.watch(await opened);
    await shown.waitForLoadState();
    kit.ok((await shown.locator('main').textContent()).includes(words), `${name} shows ${words}`);
    kit.equal(await primaryOf(shown), '#7a2e6b', `${name} in the colours that are not saved`);
    await looksFine(kit, shown, `branding-preview-${name}`);
    kit.quiet(shown);
    await shown.close();
  }
  kit.equal(await page.inputValue('[name=primary]'), '#7a2e6b', 'what was typed stays');
  const { context, page: stranger } = await kit.visitor();
  await stranger.goto('/o/acme/login');
  kit.ok(await primaryOf(stranger) !== '#7a2e6b', 'nobody else sees it yet');
  await context.close();
}

async function saved(kit, page) {
  await page.goto(path);
  await choose(page, '#7a2e6b', '#fbf6fa');
  await page.fill('[name="texts.login.heading.en"]', 'Come in');
  kit.equal(await kit.press(page, save), 422, 'without a reason');
  await page.fill('[name=reason]', 'New colours');
  kit.equal(await kit.press(page, save), 200, 'with one');
  kit.ok(/Saved/.test(await page.textContent('#notice')), 'says so');
  const { context, page: stranger } = await kit.visitor();
  await stranger.goto('/o/acme/login');
  kit.equal(await primaryOf(stranger), '#7a2e6b', 'the sign-in page wears it');
  kit.equal(await stranger.textContent('h1'), 'Come in');
  await context.close();
}

async function together(kit, page) {
  const other = kit.watch(await page.context().newPage());
  await page.goto(path);
  await other.goto(path);
  await other.fill('[name=display_name]', 'Acme Limited');
  await other.fill('[name=reason]', 'first');
  kit.equal(await kit.press(other, save), 200);
  await page.fill('[name=display_name]', 'Acme & Sons');
  await page.fill('[name=reason]', 'second');
  kit.equal(await kit.press(page, save), 409, 'the second is told');
  kit.ok((await page.textContent('form .stored')).includes('Acme Limited'), 'and sees the first');
  await page.fill('[name=display_name]', 'Acme Ltd');
  kit.equal(await kit.press(page, save), 200);
  await other.close();
}

async function wearing(kit) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, 'leyla@acme.example');
  await page.goto('/organizations?lang=en');
  await kit.press(page, 'form[action="/organizations/dar-alnoor/look"] button');
  await page.goto('/profile');
  kit.equal(await page.textContent('.portal bdi'), 'دار النور');
  await looksFine(kit, page, 'organizations-worn');
  await page.goto('/organizations');
  await kit.press(page, 'form[action="/organizations/dar-alnoor/look"] button');
  kit.ok(await page.textContent('.portal bdi') !== 'دار النور', 'taken off');
  kit.quiet(page);
  await context.close();
}

const modes = [
  ['light', 'en', { colorScheme: 'light' }], ['dark', 'de', { colorScheme: 'dark' }],
  ['phone', 'ar', { colorScheme: 'light', viewport: { width: 320, height: 640 } }], ['noscript', 'en', { javaScriptEnabled: false }],
];

async function looks(kit, [name, language, options]) {
  const { context, page } = await kit.visitor(options);
  await kit.signIn(page, 'nora@acme.example');
  for (const [what, address] of [['branding', path], ['organizations', '/organizations']]) {
    await page.goto(`${address}?lang=${language}`);
    if (name === 'noscript') await kit.shot(page, `${what}-${name}`);
    else await looksFine(kit, page, `${what}-${name}-${language}`);
  }
  if (name === 'noscript') {
    await page.goto(path);
    await choose(page, '#ffcc00', '#777777');
    await kit.press(page, save);
    kit.ok(/too little/.test(await page.textContent('#verdict')), 'the verdict without script');
  }
  await context.close();
}

export default async function branding(kit) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, 'nora@acme.example');
  await kit.test('colours: the verdict while choosing is the one of the server', () => live(kit, page));
  await kit.test('previews wear what is not saved, and nobody else sees it', () => preview(kit, page));
  await kit.test('what is saved is what members meet; a reason is needed', () => saved(kit, page));
  await kit.test('two at once: the second sees what the first saved', () => together(kit, page));
  await kit.test('branding: the browser had nothing to complain of', () => kit.quiet(page));
  await context.close();
  await kit.test('somebody wears the look of one of their organizations, and takes it off', () => wearing(kit));
  for (const mode of modes) await kit.test(`branding and organizations, ${mode[0]}: axe, width, targets`, () => looks(kit, mode));
}
