// Somebody sends a picture, with the crop chosen in the page and without any script, sees it everywhere and removes it; an
// administrator gives the organization a mark, which is in its pages and comes with its mails.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { sideways, small, violations } from './access.mjs';

// Debian 12's node has none of its own.
function crc(bytes) {
  const out = Buffer.alloc(4);
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  out.writeUInt32BE((sum ^ 0xffffffff) >>> 0);
  return out;
}
function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type), body]), length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, named, crc(named)]);
}
// Red on the left, blue on the right.
function png(width, height) {
  const header = Buffer.alloc(13), rows = [];
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) row[1 + x * 3 + (x * 2 < width ? 0 : 2)] = 255;
    rows.push(row);
  }
  const parts = [chunk('IHDR', header), chunk('tEXt', Buffer.from('Comment\0taken at home')), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]);
}
const file = (buffer) => ({ name: 'me.png', mimeType: 'image/png', buffer });
const path = '/profile/picture';
const shown = (page) => page.locator('main img.portrait').getAttribute('src');
const loaded = (page, selector) => page.locator(selector).evaluate((image) => image.complete && image.naturalWidth);

// What stands in the middle of a picture that the browser has loaded.
const middle = (page, selector) => page.locator(selector).evaluate(async (image) => {
  const canvas = document.createElement('canvas');
  await image.decode();
  canvas.width = canvas.height = 9;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, 9, 9);
  return [...context.getImageData(4, 4, 1, 1).data];
});

async function looksFine(kit, page, name) {
  await kit.shot(page, name);
  const found = await violations(page);
  kit.equal(found.length, 0, `axe\n${found.join('\n')}`);
  kit.ok(await sideways(page) <= 0, `${name} scrolls sideways by ${await sideways(page)} px`);
  kit.equal((await small(page)).join('\n'), '', `${name}: targets under 44 px`);
}

async function send(kit, page, buffer) {
  await page.setInputFiles('#f-picture', file(buffer));
  await page.locator('[data-stage]').waitFor();
  await Promise.all([page.waitForURL(/picture/), page.click('.save button')]);
  await page.locator('#notice').waitFor();
}

async function withScript(kit, page) {
  await page.goto(path);
  kit.ok(await page.locator('[data-stage]').isHidden(), 'nothing to crop yet');
  await looksFine(kit, page, 'picture-none');
  await page.setInputFiles('#f-picture', file(png(800, 400)));
  await page.locator('[data-stage]').waitFor();
  await page.focus('#crop-across');
  for (let i = 0; i < 60; i += 1) await page.keyboard.press('ArrowRight');
  kit.equal(await page.inputValue('#crop-across'), '100', 'the arrow keys move it');
  await looksFine(kit, page, 'picture-crop');
  const answered = page.waitForResponse((reply) => reply.request().method() === 'POST');
  await page.click('.save button');
  kit.equal((await answered).status(), 303, 'saved');
  await page.locator('#notice').waitFor();
  const [red, , blue] = await middle(page, 'main img.portrait');
  kit.ok(blue > 200 && red < 60, `the right side was chosen: ${red} ${blue}`);
  kit.equal(await loaded(page, '.person img.portrait'), 64, 'in the frame');
  await looksFine(kit, page, 'picture-own');
  await page.goto('/profile');
  kit.equal(await loaded(page, 'main img.portrait'), 256, 'in the profile');
  kit.quiet(page);
}

// Only the three sizes, as what they are, in their sandbox; nothing else of that folder.
async function served(kit, page) {
  await page.goto(path);
  const src = await shown(page), folder = src.replace('/256.webp', '');
  for (const [name, type] of [['64.webp', 'image/webp'], ['256.webp', 'image/webp'], ['512.webp', 'image/webp'], ['512.png', 'image/png']]) {
    const reply = await page.request.get(`${folder}/${name}`);
    const headers = reply.headers();
    kit.equal(reply.status(), 200, name);
    kit.equal(headers['content-type'], type, name);
    kit.equal(headers['content-security-policy'], "default-src 'none'; sandbox", name);
    kit.equal(headers['x-content-type-options'], 'nosniff', name);
    kit.equal(headers['cache-control'], 'private, max-age=31536000, immutable', name);
    kit.ok(!(await reply.body()).includes('taken at home'), 'nothing of the file is kept');
  }
  for (const other of ['/pictures/', folder, `${folder}/`, `${folder}/1024.webp`, `${folder}/256.webp.html`, `${folder}/../../latchkey.key`, `${folder}/%2e%2e/%2e%2e/latchkey.key`, '/pictures/..%2flatchkey.key', `${folder.toUpperCase()}/64.webp`]) {
    const { status, body } = await kit.demo.request('GET', other);
    kit.ok(status === 404 || status === 400, `${other}: ${status}`);
    kit.ok(!String(body).startsWith('RIFF'), other);
  }
}

async function refusals(kit, page) {
  await page.goto(path);
  const before = await shown(page);
  await page.setInputFiles('#f-picture', { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') });
  await kit.press(page, '.save button');
  kit.ok(/no picture of a kind/.test(await page.textContent('#errors')), 'a picture in name alone');
  await looksFine(kit, page, 'picture-refused');
  kit.equal(await shown(page), before, 'the one before stays');
  kit.quiet(page);
}

async function withoutScript(kit, who) {
  const { context, page } = await kit.visitor({ javaScriptEnabled: false });
  await kit.signIn(page, who);
  await page.goto(path);
  await page.setInputFiles('#f-picture', file(png(300, 300)));
  await page.click('.save button');
  kit.ok(/Your picture is saved/.test(await page.textContent('#notice')), 'saved');
  const first = await shown(page);
  await page.setInputFiles('#f-picture', file(png(300, 200)));
  await page.click('.save button');
  kit.ok(await shown(page) !== first, 'another one has another address');
  await page.click('button[value=remove]');
  kit.ok(/Your picture is removed/.test(await page.textContent('#notice')), 'removed');
  kit.equal(await page.locator('main img.portrait').count(), 0, 'initials again');
  await kit.until(async () => (await page.request.get(first)).status() === 404, 'the file is gone');
  await context.close();
}

async function mark(kit) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, 'nora@acme.example');
  await page.goto('/o/acme/desk/branding');
  await page.setInputFiles('#f-mark', file(png(200, 200)));
  await page.fill('#f-mark-reason', 'A mark of our own');
  await kit.press(page, 'section[aria-labelledby=mark] .save button');
  kit.ok(/The mark is saved/.test(await page.textContent('#notice')), 'saved');
  await looksFine(kit, page, 'mark');
  const { context: other, page: stranger } = await kit.visitor();
  await stranger.goto('/o/acme/password/forgot');
  kit.equal(await loaded(stranger, '.portal img.own-mark'), 64, 'on the organization\'s pages');
  const folder = join(kit.demo.run, 'mail'), before = new Set(readdirSync(folder));
  await stranger.fill('[name=identifier]', 'ben@acme.example');
  await kit.press(stranger, '.save button, main button[type=submit]');
  const name = await kit.until(() => readdirSync(folder).find((each) => each.endsWith('.eml') && !before.has(each)), 'the mail is there');
  const mail = readFileSync(join(folder, name), 'latin1');
  kit.ok(/multipart\/related/.test(mail) && /Content-ID: <mark@latchkey>/.test(mail), 'the mark comes along');
  const [, encoded] = mail.match(/filename="mark.png"\r\n\r\n([A-Za-z0-9+/=\r\n]+)/);
  kit.equal(Buffer.from(encoded, 'base64').subarray(0, 8).toString('hex'), '89504e470d0a1a0a', 'as a picture');
  await page.fill('#f-mark-remove-reason', 'Not any more');
  await kit.press(page, 'section[aria-labelledby=mark] button[value=remove]');
  kit.equal(await page.locator('.own-mark').count(), 0, 'removed');
  await other.close();
  await context.close();
}

export default async function pictures(kit) {
  const who = 'ada@example.com';
  const { context, page } = await kit.visitor();
  await kit.signIn(page, who);
  await kit.test('a picture is chosen, cropped by keyboard, sent and shown everywhere', () => withScript(kit, page));
  await kit.test('pictures are served as what they are, and nothing else of their folder', () => served(kit, page));
  await kit.test('what is no picture is refused in words, and the one before stays', () => refusals(kit, page));
  await context.close();
  await kit.test('a picture is sent and removed without script', () => withoutScript(kit, who));
  await kit.test('an organization\'s mark is on its pages and in its mails', () => mark(kit));
}
