// Accessibility: axe-core finds nothing on any page, in light, dark, high contrast, right to left, and on a phone's width; no page
// scrolls sideways; every control is big enough to touch.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join('\n')}`);
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const small = (page) => page.evaluate(() => [...document.querySelectorAll('button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, nav a')]
  .filter((one) => one.offsetParent !== null && one.getBoundingClientRect().height < 43.5)
  .map((one) => `${one.outerHTML.slice(0, 120)} ${one.getBoundingClientRect().height}`));

export default async function access(kit) {
  const who = Object.keys(kit.accounts)[0];
  const schemes = [
    { name: 'light', options: { colorScheme: 'light' } },
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: 'phone', options: { colorScheme: 'light', viewport: { width: 320, height: 640 } } },
    { name: 'forced-colors', options: { forcedColors: 'active' } },
    { name: 'more-contrast', options: { contrast: 'more' } },
  ];
  for (const scheme of schemes) {
    for (const language of ['en', 'de', 'ar']) {
      const { context, page } = await kit.visitor({ ...scheme.options, bypassCSP: true });
      await page.goto(`/login?lang=${language}`);
      const look = async (name) => kit.test(`${name}, ${scheme.name}, ${language}: no axe violation, nothing sideways, big enough to touch`, async () => {
        await page.screenshot({ path: `${kit.pages}/${name}-${scheme.name}-${language}.png`, fullPage: true });
        const found = await violations(page);
        kit.equal(found.length, 0, `axe\n${found.join('\n')}`);
        kit.ok(await sideways(page) <= 0, `the page scrolls sideways by ${await sideways(page)} px`);
        const tiny = await small(page);
        kit.equal(tiny.length, 0, `targets under 44 px\n${tiny.join('\n')}`);
      });
      await look('login');
      await page.fill('[name=identifier]', who);
      await page.fill('[name=password]', 'not the password');
      await Promise.all([page.waitForNavigation(), page.locator('[name=password]').press('Enter')]);
      await look('login-refused');
      await page.fill('[name=password]', kit.accounts[who]);
      await Promise.all([page.waitForNavigation(), page.locator('[name=password]').press('Enter')]);
      await look('profile');
      await page.fill('[name=website]', 'nowhere');
      await Promise.all([page.waitForNavigation(), page.locator('form[action="/profile"] button[type=submit]').first().click()]);
      await look('profile-refused');
      await page.fill('[name=website]', `https://example.com/${scheme.name}-${language}`);
      await Promise.all([page.waitForNavigation(), page.locator('form[action="/profile"] button[type=submit]').first().click()]);
      await look('profile-saved');
      await page.goto('/nowhere');
      await look('not-found');
      await page.goto('/logout');
      await look('logout');
      await context.close();
    }
  }
}
