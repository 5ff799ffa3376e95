// What only the program as it is installed can show: the lock around the decoder of pictures. Sanitizers bring a library of their own.
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Demo, Visitor, hidden, top } from '../support/demo.mjs';

let failures = 0, number = 0;
const check = (ok, name, detail = '') => { number += 1; if (!ok) failures += 1; console.log(`${ok ? 'ok' : 'not ok'} ${number} - ${name}${ok ? '' : `: ${detail}`}`); };

const demo = await new Demo({ program: process.env.LATCHKEY ?? join(top, 'build/latchkey') }).start();
const cookies = (visitor) => [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

// --- a round mark on nothing ---

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type), body]), ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function disc(side) {
  const header = Buffer.alloc(13), pixels = Buffer.alloc(side * (1 + side * 4));
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 6, 0, 0, 0], 8);
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const inside = Math.hypot(x - side / 2, y - side / 2) < side / 2.2;
      if (inside) pixels.set([200, x % 256, y % 256, 255], y * (1 + side * 4) + 1 + x * 4);
    }
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}

const ada = new Visitor(demo);
await ada.signIn('ada@example.com', demo.accounts()['ada@example.com']);
const form = new FormData();
form.set('csrf', hidden((await ada.get('/profile/picture')).body, 'csrf'));
form.set('picture', new Blob([disc(300)]), 'mark.png');
const saved = await fetch(`${demo.url}/profile/picture`, { method: 'POST', body: form, redirect: 'manual', headers: { cookie: cookies(ada), origin: demo.url } });
check(saved.status === 303, 'a picture with holes is decoded', `${saved.status} ${demo.output.split('\n').filter((line) => /decoder/.test(line))}`);

const exit = await demo.stop();
check(exit.code === 0, 'the program ended cleanly', `${JSON.stringify(exit)}\n${demo.output.slice(-1000)}`);
if (!failures) demo.remove();
console.log(`1..${number}`);
process.exit(failures ? 1 : 0);
