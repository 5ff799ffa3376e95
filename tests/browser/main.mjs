// Runs every suite against one demo, in order, and prints TAP.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const top = process.cwd();
const { Demo, until } = await import(pathToFileURL(join(top, 'tests/support/demo.mjs')));
const suites = ['people', 'saving', 'doors', 'looks', 'access', 'keyboard', 'noscript', 'passwords', 'proofs', 'branding', 'signups', 'invitations', 'desk', 'desk_acts', 'privacy', 'deletion', 'pictures', 'export'];
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

// The browser logs each page with a status of 400 or more as if it were a missing file; `documents` tells them apart.
function watch(page) {
  page.complaints = [];
  page.documents = new Set();
  page.on('response', (reply) => { if (reply.request().isNavigationRequest()) page.documents.add(reply.url()); });
  page.on('console', (message) => { if (message.type() === 'error') page.complaints.push({ text: message.text(), url: message.location().url }); });
  page.on('pageerror', (error) => page.complaints.push({ text: String(error), url: page.url() }));
  return page;
}

const kit = {
  Demo, until, demo, browser, pages, watch, url: demo.url, accounts: demo.accounts(),
  // One test: fails when it throws.
  async test(name, run) {
    try { await run(); report(true, name); } catch (error) { report(false, name, error.stack ?? error); }
  },
  equal(got, wanted, what = '') { if (got !== wanted) throw new Error(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`); },
  ok(value, what) { if (!value) throw new Error(what); },
  // A browser of its own for one person. Nothing moves in it, so that a click meets what it aims at.
  async visitor(options = {}) {
    const context = await browser.newContext({ baseURL: demo.url, locale: 'en-GB', viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(15000);
    const page = await context.newPage();
    return { context, page: watch(page) };
  },
  // Fails when the browser complained: an error of a script, a file that is not there, a refusal by the content security policy.
  quiet(page) {
    const said = page.complaints.filter((one) => !page.documents.has(one.url) || !/^Failed to load resource/.test(one.text));
    kit.equal(said.map((one) => `${one.text} (${one.url})`).join('\n'), '', 'complaints');
  },
  async shot(page, name) { await page.screenshot({ path: `${pages}/${name}.png`, fullPage: true }); },
  // Presses a button that leads to a page, and waits for that page. Resolves to its status.
  async press(page, selector) {
    const answered = page.waitForNavigation();
    await page.locator(selector).first().click();
    return (await answered)?.status();
  },
  async signIn(page, who, from = '/login', password = demo.accounts()[who]) {
    await page.goto(from);
    await page.fill('[name=identifier]', who);
    await page.fill('[name=password]', password);
    return kit.press(page, 'main button[type=submit]');
  },
};

for (const name of suites) {
  const suite = await import(pathToFileURL(join(top, 'build/browser', `${name}.mjs`)));
  const begun = Date.now();
  try { await suite.default(kit); } catch (error) { report(false, `${name} ran to its end`, error.stack ?? error); }
  console.log(`# ${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
await browser.close();
const exit = await demo.stop();
report(exit.code === 0, 'the program ended cleanly, no sanitizer spoke', `${JSON.stringify(exit)}\n${demo.output.slice(-2000)}`);
if (failures === 0) demo.remove();
console.log(`1..${number}`);
process.exit(failures ? 1 : 0);
