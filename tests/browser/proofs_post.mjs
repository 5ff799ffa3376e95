// What the demo sends: mails as files in RUN/mail, short messages in RUN/sms. Each is handed out once, the oldest first.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const bytesOf = (text) => Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');

function decodeWords(text) {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind, body) => (kind.toUpperCase() === 'B'
    ? Buffer.from(body, 'base64') : bytesOf(body.replace(/_/g, ' '))).toString());
}

// { name: value } in lower case, and the rest.
function split(raw) {
  const [head, ...rest] = raw.split(/\r?\n\r?\n/);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/).map((line) => line.split(/:\s*(.*)/s));
  return { headers: Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value])), body: rest.join('\n\n') };
}

// A part of a mail is a mail without addresses.
function partText(part) {
  const { headers, body } = split(part);
  const bytes = { base64: () => Buffer.from(body, 'base64'), 'quoted-printable': () => bytesOf(body) }[headers['content-transfer-encoding']];
  return bytes ? bytes().toString() : body;
}

export function readMail(raw) {
  const { headers, body } = split(raw);
  const boundary = headers['content-type'].match(/boundary="?([^";]+)/)?.[1];
  const parts = boundary ? body.split(`--${boundary}`).slice(1, -1).map((part) => part.replace(/^\r?\n/, '')) : [raw];
  const [text, html = ''] = parts.map(partText);
  return { to: headers.to, subject: decodeWords(headers.subject), language: headers['content-language'], text, html };
}

const readMessage = (raw) => { const { headers, body } = split(raw); return { to: headers.to, text: body }; };

export class Post {
  constructor(kit) { this.kit = kit; this.taken = new Set(); }

  files(folder) {
    return readdirSync(join(this.kit.demo.run, folder)).filter((name) => !name.startsWith('.') && !this.taken.has(name)).sort()
      .map((name) => ({ name, raw: readFileSync(join(this.kit.demo.run, folder, name), 'utf8') }));
  }

  async next(folder, read, fits, what) {
    const end = Date.now() + 30000;
    for (;;) {
      const found = this.files(folder).map(({ name, raw }) => ({ name, ...read(raw) })).find(fits);
      if (found) { this.taken.add(found.name); return found; }
      if (Date.now() > end) throw new Error(`no ${what} came`);
      await new Promise((go) => setTimeout(go, 100));
    }
  }

  mail(to, subject) { return this.next('mail', readMail, (one) => one.to === to && one.subject.includes(subject), `mail "${subject}" to ${to}`); }

  message(to) { return this.next('sms', readMessage, (one) => one.to === to, `message to ${to}`); }

  // How many mails wait for an address, whatever they say.
  count(to) { return this.files('mail').filter(({ raw }) => readMail(raw).to === to).length; }

  // The one link of a mail: the same in both its parts.
  link(mail, path) {
    const [link] = mail.text.match(new RegExp(`${this.kit.url}${path}\\?token=[\\w-]+`)) ?? [];
    this.kit.ok(link, `no link to ${path} in\n${mail.text}`);
    this.kit.ok(mail.html.includes(link), 'the link is missing from the other part of the mail');
    return link;
  }

  // The link that a mail asks to follow.
  async followed(to, subject, path) { return this.link(await this.mail(to, subject), path); }
}

// Lets the newest session have given its password long ago.
export function ageSession(kit, seconds = 86400 / 2 - 600) {
  execFileSync('sqlite3', ['-cmd', '.timeout 10000', join(kit.demo.run, 'latchkey.db'),
    `UPDATE session SET authenticated_at = authenticated_at - ${seconds} WHERE id = (SELECT max(id) FROM session)`]);
}
