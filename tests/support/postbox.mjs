// An SMTP server that does what a test tells it to: npm smtp-server, with every message parsed by mailparser. The packages lie in
// build/browser (tests/support/modules).
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { top } from './demo.mjs';

const require = createRequire(join(top, 'build/browser/package.json'));
const { SMTPServer } = require('smtp-server');
const { simpleParser } = require('mailparser');

// A certificate that signs itself, for `name`: { key, cert, file }; the file is what trusts it.
export function certificate(folder, name, file) {
  const key = join(folder, `${file}.key`), cert = join(folder, `${file}.pem`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const made = { key: readFileSync(key), cert: readFileSync(cert), file: cert };
  rmSync(key);
  return made;
}

// `moods`: recipient -> what happens to the next mail to them: a function of (stage, callback, drop) for stage "rcpt" or "data". One that
// returns nothing never answers. Without a mood a mail is accepted.
export class Postbox {
  constructor(options = {}) {
    this.mails = [];
    this.tries = [];                             // { to, secure, user } of every RCPT
    this.sessions = 0;
    this.moods = new Map();
    this.server = new SMTPServer({
      authOptional: true, logger: false, closeTimeout: 200, socketTimeout: 180000, ...options,
      onConnect: (session, done) => { this.sessions += 1; done(); },
      onRcptTo: (address, session, done) => {
        this.tries.push({ to: address.address, secure: session.secure, user: session.user });
        this.mood(address.address, 'rcpt', session, done);
      },
      onData: (stream, session, done) => {
        const parts = [];
        stream.on('data', (part) => parts.push(part));
        stream.on('end', () => this.mood(session.envelope.rcptTo[0].address, 'data', session, async (error) => {
          if (error) return done(error);
          const raw = Buffer.concat(parts);
          this.mails.push({ to: session.envelope.rcptTo.map((one) => one.address), from: session.envelope.mailFrom.address, raw,
            secure: session.secure, user: session.user, mail: await simpleParser(raw) });
          return done(null, 'queued');
        }));
      },
    });
    this.server.on('error', () => {});           // a client that hangs up in the middle is part of the tests
  }

  mood(to, stage, session, done) {
    const mood = this.moods.get(to);
    if (!mood) return done();
    const drop = () => { for (const one of this.server.connections) if (one.session.id === session.id) one._socket.destroy(); };
    return mood(stage, done, drop);
  }

  listen(port = 0) {
    return new Promise((done) => this.server.listen(port, '127.0.0.1', () => { this.port = this.server.server.address().port; done(this); }));
  }

  close() {
    for (const one of this.server.connections) one._socket.destroy();
    return new Promise((done) => this.server.close(done));
  }

  to(address) { return this.mails.filter((one) => one.to.includes(address)); }
}

export const refusal = (code, words) => Object.assign(new Error(words), { responseCode: code });
