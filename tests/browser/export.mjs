// One's own data: asked for, waited for, fetched, and read without the portal, in three languages and without script.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { sideways, small, violations } from './access.mjs';

const path = (page) => new URL(page.url()).pathname;
const download = 'a[href^="/privacy/export/"]';

// The files of a ZIP, from its central directory.
function unpack(bytes) {
  const files = {};
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16);
  for (; bytes.readUInt32LE(at) === 0x02014b50; at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)) {
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    const begin = bytes.readUInt32LE(at + 42);
    const data = begin + 30 + bytes.readUInt16LE(begin + 26) + bytes.readUInt16LE(begin + 28);
    const packed = bytes.subarray(data, data + bytes.readUInt32LE(at + 20));
    files[name] = bytes.readUInt16LE(at + 10) ? inflateRawSync(packed) : packed;
  }
  return files;
}

async function fetchFile(kit, page) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator(download).click()]);
  kit.equal(file.suggestedFilename(), 'my-data.zip', 'its name');
  return unpack(readFileSync(await file.path()));
}

// What a person reads at home: a page of its own, that asks nobody for anything.
async function readAtHome(kit, files, { who, lang, dir }) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-export-'));
  const { context, page } = await kit.visitor({ offline: true });
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, file), bytes);
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  kit.equal(await page.getAttribute('html', 'lang'), lang, 'language');
  kit.equal(await page.getAttribute('html', 'dir'), dir, 'direction');
  kit.ok((await page.locator('main').textContent()).includes(who), 'their address');
  kit.equal(asked.filter((one) => !one.startsWith('file:')).join(), '', 'asked from elsewhere');
  kit.equal((await violations(page)).join('\n'), '', 'axe');
  await kit.shot(page, `export-${lang}`);
  await page.setViewportSize({ width: 320, height: 640 });
  kit.equal(await sideways(page), 0, 'scrolls sideways on a phone');
  await context.close();
  rmSync(folder, { recursive: true });
}

function check(kit, files, who) {
  const [user] = JSON.parse(files['profile.json']);
  kit.equal(user.email, who, 'whose it is');
  kit.ok(user.identities.length === 1, 'identities');
  const account = JSON.parse(files['account.json']);
  kit.ok(account.sessions.length >= 1 && account.sessions[0].address, 'sessions');
  kit.ok(JSON.parse(files['activity.json']).some((one) => one.what === 'export.ask'), 'activity');
  for (const text of Object.values(files).map(String)) kit.ok(!/argon2|\$2[aby]\$|password_hash/.test(text), 'no secret');
}

async function withScript(kit, { who, lang, dir, locale }) {
  const { context, page } = await kit.visitor({ locale });
  await kit.signIn(page, who);
  await page.goto('/privacy/export');
  await kit.shot(page, `privacy-export-${lang}`);
  await kit.press(page, 'main form[action="/privacy/export"] button');
  kit.equal(path(page), '/privacy/export', 'where asking leads');
  await page.locator(download).waitFor({ timeout: 60000 });      // without loading the page again
  await kit.shot(page, `privacy-export-ready-${lang}`);
  kit.equal([...await violations(page), ...await small(page)].join('\n'), '', 'axe and sizes');
  const files = await fetchFile(kit, page);
  check(kit, files, who);
  await readAtHome(kit, files, { who, lang, dir });
  kit.quiet(page);
  await context.close();
}

async function withoutScript(kit, who) {
  const { context, page } = await kit.visitor({ javaScriptEnabled: false });
  await kit.signIn(page, who);
  await page.goto('/privacy/export');
  await kit.press(page, 'main form[action="/privacy/export"] button');
  for (let i = 0; i < 300 && !await page.locator(download).count(); i += 1) {
    await page.reload();
    await page.waitForTimeout(100);
  }
  check(kit, await fetchFile(kit, page), who);
  await context.close();
}

async function othersFile(kit, who, other) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, who);
  await page.goto('/privacy/export');
  const way = await page.getAttribute(download, 'href');
  await context.clearCookies();
  await kit.signIn(page, other);
  kit.equal((await page.goto(way)).status(), 404, 'somebody else');
  await context.clearCookies();
  await page.goto(way);
  kit.equal(path(page), '/login', 'a stranger');
  await context.close();
}

export default async function exported(kit) {
  const people = [
    { who: 'nora@acme.example', lang: 'en', dir: 'ltr', locale: 'en-GB' },
    { who: 'greta@acme.example', lang: 'de', dir: 'ltr', locale: 'de-DE' },
    { who: 'omar@acme.example', lang: 'ar', dir: 'rtl', locale: 'ar-EG' },
  ];
  for (const person of people)
    await kit.test(`one's own data: asked for, waited for, fetched and read at home (${person.lang})`, () => withScript(kit, person));
  await kit.test('one\'s own data: the same without script', () => withoutScript(kit, 'clara@northwind.example'));
  await kit.test('one\'s own data: the file is its owner\'s alone', () => othersFile(kit, 'nora@acme.example', 'omar@acme.example'));
}
