// Accessibility: axe-core finds nothing on any page, in light, dark, high contrast, right to left, and on a phone's width; no page
// scrolls sideways; every control is big enough to touch. The combinations are chosen so that every page meets every language and
// both schemes; the special modes meet the pages that have everything in them: a refusal is its page and more.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const button = 'main button[type=submit]';

const modes = [
  { name: 'light', who: 'ada@example.com', language: 'en', options: { colorScheme: 'light' }, all: true },
  { name: 'dark', who: 'greta@acme.example', language: 'de', options: { colorScheme: 'dark', viewport: { width: 768, height: 1024 } } },
  { name: 'phone', who: 'leyla@acme.example', language: 'ar', options: { colorScheme: 'light', viewport: { width: 320, height: 640 } } },
  { name: 'rtl-dark', who: 'clara@northwind.example', language: 'ar', options: { colorScheme: 'dark' }, few: true },
  { name: 'forced-colors', who: 'clara@northwind.example', language: 'en', options: { forcedColors: 'active' }, few: true },
  { name: 'more-contrast', who: 'dario@mail.example', language: 'de', options: { contrast: 'more', colorScheme: 'dark' }, few: true },
];

export async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join('\n')}`);
}

export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
// A tick box is touched by its label as well, so the label's height counts.
export const small = (page) => page.evaluate(() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, nav a, a.portal, a.button, a.other')]
  .map((one) => (one.matches('[type=radio], [type=checkbox]') ? one.closest('label') : one))
  .filter((one) => one.offsetParent !== null && (one.getBoundingClientRect().height < 44 || one.getBoundingClientRect().width < 44))
  .map((one) => `${one.outerHTML.slice(0, 120)} ${one.getBoundingClientRect().width} × ${one.getBoundingClientRect().height}`));

// What stands beside the profile; clara's password is kept elsewhere, and a page that says so is a page too.
const places = ['sessions', 'activity', 'password', 'email', 'phone', 'username'];

async function walk(kit, mode) {
  const { context, page } = await kit.visitor(mode.options);
  const look = (name) => kit.test(`${name}, ${mode.name}, ${mode.language}: no axe violation, nothing sideways, big enough to touch`, async () => {
    await kit.shot(page, `${name}-${mode.name}-${mode.language}`);
    const found = await violations(page);
    kit.equal(found.length, 0, `axe\n${found.join('\n')}`);
    kit.ok(await sideways(page) <= 0, `the page scrolls sideways by ${await sideways(page)} px`);
    const tiny = await small(page);
    kit.equal(tiny.length, 0, `targets under 44 px\n${tiny.join('\n')}`);
  });
  await page.goto(`/login?lang=${mode.language}`);
  if (mode.all) await look('login');
  await page.goto('/signup?connection=customers');
  await look('signup');
  await page.fill('[name=password]', 'short');
  await page.fill('[name=password_again]', 'shorter');
  await look('signup-hints');
  await kit.press(page, button);
  await look('signup-refused');
  await kit.signIn(page, mode.who, '/login', 'not the password');
  await look('login-refused');
  await kit.signIn(page, mode.who);
  if (mode.all) await look('profile');
  for (const place of places) {
    await page.goto(`/${place}`);
    await look(place);
  }
  await page.goto('/profile');
  await page.fill('[name="user_metadata.first_visit"]', '1980-01-01');
  await kit.press(page, button);
  await look('profile-refused');
  if (!mode.few) {
    await page.fill('[name="user_metadata.first_visit"]', '2001-02-03');
    await page.fill('[name=nickname]', mode.name);
    await kit.press(page, button);
    await look('profile-saved');
    await page.goto('/nowhere');
    await look('not-found');
    await page.goto('/logout');
    await look('logout');
    await page.goto('/static/nowhere.css');
    await look('nginx');
  }
  await kit.test(`${mode.name}: the browser had nothing to complain of`, () => kit.quiet(page));
  await context.close();
}

export default async function access(kit) {
  for (const mode of modes) await walk(kit, mode);
}
