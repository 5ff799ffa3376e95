// Runs every suite against one demo, in order, and prints TAP.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const top = process.cwd();
const { Demo } = await import(pathToFileURL(join(top, 'tests/support/demo.mjs')));
const suites = ['people', 'access', 'keyboard', 'noscript'];
const pages = join(top, 'build/browser/pages');
mkdirSync(pages, { recursive: true });

let number = 0, failures = 0;
function report(ok, name, detail = '') {
  number += 1;
  if (!ok) failures += 1;
  console.log(`${ok ? 'ok' : 'not ok'} ${number} - ${name}`);
  if (!ok) console.log(String(detail).split('\n').slice(0, 30).map((line) => `#   ${line}`).join('\n'));
}

const demo = await new Demo().start();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

const kit = {
  demo, browser, pages, url: demo.url, accounts: demo.accounts(),
  // One test: fails when it throws.
  async test(name, run) {
    try { await run(); report(true, name); } catch (error) { report(false, name, error.stack ?? error); }
  },
  equal(got, wanted, what = '') { if (got !== wanted) throw new Error(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`); },
  ok(value, what) { if (!value) throw new Error(what); },
  // A browser of its own for one person.
  async visitor(options = {}) {
    const context = await browser.newContext({ baseURL: demo.url, locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.complaints = [];
    page.on('console', (message) => { if (message.type() === 'error') page.complaints.push(message.text()); });
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    return { context, page };
  },
  async signIn(page, who) {
    await page.goto('/login');
    await page.fill('[name=identifier]', who);
    await page.fill('[name=password]', demo.accounts()[who]);
    await Promise.all([page.waitForNavigation(), page.locator('[name=password]').press('Enter')]);
  },
};

for (const name of suites) {
  const suite = await import(pathToFileURL(join(top, 'build/browser', `${name}.mjs`)));
  console.log(`# ${name}`);
  try { await suite.default(kit); } catch (error) { report(false, `${name} ran to its end`, error.stack ?? error); }
}
await browser.close();
const exit = await demo.stop();
report(exit.code === 0, 'the program ended cleanly, no sanitizer spoke', `${JSON.stringify(exit)}\n${demo.output.slice(-2000)}`);
if (failures === 0) demo.remove();
console.log(`1..${number}`);
process.exit(failures ? 1 : 0);
