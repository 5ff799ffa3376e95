// What all groups of the attacker's suite share: the demo, its store, requests byte by byte, and what holds for every answer.
import {execFileSync} from 'node:child_process';
import net from 'node:net';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Demo, Visitor, hidden, until} from '../support/demo.mjs';

const hardened = {
  'content-security-policy': /default-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^(same-origin|no-referrer)$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'origin-agent-cluster': /^\?1$/,
  'permissions-policy': /camera=\(\)/,
  'cache-control': /./,
};

// Asks again for as long as the answer is that nobody has time: on a slow machine a password may have to wait for its turn.
export async function patiently(ask) {
  let reply;
  await until(async () => {
    reply = await ask();
    return reply?.status !== 503;
  }, 'there is time for it', 120000);
  return reply;
}

export class Patient extends Visitor {
  signIn(identifier, password, extra) { return patiently(() => super.signIn(identifier, password, extra)); }
}

export class Attack {
  static async begin(env) {
    const attack = new Attack();
    attack.number = attack.failures = attack.answers = 0;
    attack.complaints = new Set();
    attack.demo = await new Demo({env}).start();
    attack.accounts = attack.demo.accounts();
    attack.secrets = Object.values(attack.accounts);
    const request = attack.demo.request.bind(attack.demo);
    attack.demo.request = async (...all) => attack.seen(await request(...all), `${all[0]} ${String(all[1]).slice(0, 80)}`);
    return attack;
  }

  check(ok, name, detail = '') {
    this.number += 1;
    if (!ok) this.failures += 1;
    const text = typeof detail === 'string' ? detail : JSON.stringify(detail);
    console.log(`${ok ? 'ok' : 'not ok'} ${this.number} - ${name}${ok ? '' : `: ${text.slice(0, 2000)}`}`);
  }

  // Every answer is looked at, whatever was asked: F6 (headers), F14 (nothing about the inside), F15 (no other origin), E13.
  seen(reply, what) {
    this.answers += 1;
    const complain = (words) => this.complaints.add(`${what} (${reply.status}): ${words}`);
    for (const [name, pattern] of Object.entries(hardened))
      if (!pattern.test([reply.headers[name] ?? ''].flat().join())) complain(`${name}: ${reply.headers[name]}`);
    for (const name of Object.keys(reply.headers))
      if (name.startsWith('access-control-')) complain(name);
    if (/nginx\/\d/.test(`${reply.headers.server}${reply.body}`)) complain('names the version of nginx');
    if (!what.includes('/static/') && reply.headers['cache-control'] !== 'no-store') complain('may be kept in a cache');
    if ((reply.status === 503 || reply.status === 429) && !/^\d+$/.test(reply.headers['retry-after'] ?? ''))
      complain('no Retry-After');
    for (const secret of this.secrets)
      if (reply.body.includes(secret)) complain('holds a password');
    if (/\$argon2|sqlite|SELECT |INSERT |\/templates\/|\.tpl\b|\.c:\d|Sanitizer/.test(reply.body))
      complain('tells about the inside');
    return reply;
  }

  latchkey(args, input) {
    return execFileSync(this.demo.program, ['-c', join(this.demo.run, 'latchkey.conf'), ...args], {encoding: 'utf8', input});
  }

  show(who) { return JSON.parse(this.latchkey(['user', 'show', '--json', who])); }

  apply(file) {
    const path = join(this.demo.run, 'attack.json');
    writeFileSync(path, JSON.stringify(file));
    return this.latchkey(['apply', path]);
  }

  sql(text, {write = false} = {}) {
    const args = [...(write ? [] : ['-readonly']), '-cmd', '.timeout 5000', join(this.demo.run, 'latchkey.db'), text];
    return execFileSync('sqlite3', args, {encoding: 'utf8'}).trim();
  }

  // What an attack could have moved, apart from the counters of honest sign-ins.
  state(who) {
    const id = this.show(who).user_id;
    return this.sql(`SELECT profile, sources, version, epoch, blocked, deletion_at, password_hash, connection_id FROM account
      WHERE user_id = '${id}'; SELECT organization_id, home, invited FROM membership m JOIN account a ON a.id = m.account_id
      WHERE a.user_id = '${id}'; SELECT field, key FROM identifier i JOIN account a ON a.id = i.account_id WHERE user_id = '${
      id}'`);
  }

  sessions(who) {
    const id = this.show(who).user_id;
    return Number(this.sql(`SELECT COUNT(*) FROM session s JOIN account a ON a.id = s.account_id WHERE user_id = '${id}'`));
  }

  audits(action, outcome) {
    return Number(this.sql(`SELECT COUNT(*) FROM audit WHERE action = '${action}' AND outcome = '${outcome}'`));
  }

  // Runs `act` and checks that nothing of that person's changed; `same` false: something had to.
  async unmoved(who, name, act) {
    const before = this.state(who);
    const problem = await act();
    const after = this.state(who);
    this.check(!problem && before === after, name, problem || `before: ${before}\nafter: ${after}`);
  }

  forgetCounts() { this.sql('DELETE FROM throttle', {write: true}); }

  stranger(headers) { return new Patient(this.demo, headers); }

  async person(who, headers) {
    const visitor = this.stranger(headers);
    const reply = await visitor.signIn(who, this.accounts[who]);
    if (reply.status !== 303) throw new Error(`${who} cannot sign in: ${reply.status}`);
    visitor.sid = visitor.cookies.get('sid');
    visitor.csrf = hidden((await visitor.get('/profile')).body, 'csrf');
    return visitor;
  }

  isSignedIn(reply) { return reply.status === 200 && /action="\/profile"/.test(reply.body); }

  // A profile asked for with that Cookie header and nothing else.
  withCookie(cookie) { return this.demo.request('GET', '/profile', {headers: {cookie}}); }

  // Bytes as they are. `cut`: our side of the connection ends behind them. Resolves with the first answer; null: there was none.
  raw(bytes, {cut = false, limit = 60000} = {}) {
    return new Promise((done) => {
      const socket = net.connect(this.demo.port, '127.0.0.1');
      const parts = [];
      const finish = () => {
        socket.destroy();
        done(this.parse(Buffer.concat(parts), bytes));
      };
      socket.setTimeout(limit, finish);
      socket.on('data', (part) => parts.push(part));
      for (const event of ['end', 'error', 'close']) socket.on(event, finish);
      if (cut) socket.end(bytes);
      else socket.write(bytes);
    });
  }

  parse(buffer, bytes) {
    const all = buffer.toString('utf8');
    const at = all.indexOf('\r\n\r\n');
    if (at < 0) return null;
    const [first, ...lines] = all.slice(0, at).split('\r\n');
    const headers = {};
    for (const line of lines) {
      const [name, value] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()];
      headers[name] = name === 'set-cookie' ? [...(headers[name] ?? []), value] : value;
    }
    const reply = {status: Number(first.split(' ')[1]), headers, body: all.slice(at + 4)};
    return this.seen(reply, JSON.stringify(bytes.toString('latin1').slice(0, 60)));
  }

  // A request in letters: the line, further header lines, the body.
  ask(line, headers = [], body = '', options) {
    const head = [line, `Host: localhost:${this.demo.port}`, 'Connection: close', ...headers].join('\r\n');
    return this.raw(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), Buffer.from(body, 'latin1')]), options);
  }

  async end() {
    this.check(
      this.complaints.size === 0, `F6 F14 F15: ${this.answers} answers had every header and told nothing about the inside`,
      [...this.complaints].slice(0, 12).join('\n'));
    const exit = await this.demo.stop();
    this.check(exit.code === 0, 'it still stops when asked', exit);
    const log = readFileSync(join(this.demo.run, 'logs/latchkey.log'), 'utf8');
    const bad = log.split('\n').filter(
      (line) => /Sanitizer|runtime error|ended by signal|failed with code|was left open|control character/.test(line));
    this.check(bad.length === 0, 'no process fell, and no fault of ours was logged', bad.slice(0, 5).join('\n'));
    const leaked = this.secrets.filter(
      (secret) => log.includes(secret) || readFileSync(join(this.demo.run, 'logs/nginx-access.log'), 'utf8').includes(secret));
    this.check(leaked.length === 0, 'no password stands in a log', `${leaked.length}`);
    if (this.failures === 0) this.demo.remove();
    else console.log(`# kept: ${this.demo.run}`);
    process.exit(this.failures ? 1 : 0);
  }
}

// Markup without what people wrote: names of elements and attributes. Text that was inserted must never change it.
export function skeleton(html) { return html.replace(/"[^"]*"/g, '""').match(/<[^>]*>/g).join('\n'); }

export const encode = (text) => encodeURIComponent(text).replace(/%20/g, '+');
