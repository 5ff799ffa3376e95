// Group A: the door. Whether somebody exists, guessing, and what else can be said to the sign-in form. O14, O15: floods.
import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {hidden} from '../support/demo.mjs';
import {patiently} from './abuse_support.mjs';

const masked = (reply) => JSON.stringify([
  reply.status, {...reply.headers, date: '', 'set-cookie': ''},
  reply.body.replace(/name="csrf" value="[^"]*"/g, '').replace(/name="identifier" type="text" value="[^"]*"/g, '')
]);

async function sameAnswers(attack) {
  const {accounts} = attack;
  const wrong = (who, password = 'wrong') => attack.stranger().signIn(who, password);
  const reference = masked(await wrong('nobody@example.com'));
  const [blocked, bare] = ['dario@mail.example', 'clara@northwind.example'];
  attack.latchkey(['user', 'block', blocked]);
  attack.sql(`UPDATE account SET password_hash = NULL WHERE user_id = '${attack.show(bare).user_id}'`, {write: true});
  const asked = [
    ['ada@example.com', 'wrong'], [blocked, 'wrong'], [bare, 'wrong'], [bare, 'x'], ['no such name', 'wrong'],
    ['ada@example.com', 'x'.repeat(2000)], ['+442079460018', 'wrong'], ["' OR 1=1 --", 'wrong']
  ];
  const differing = [];
  for (const [who, password] of asked)
    if (masked(await wrong(who, password)) !== reference) differing.push(who);
  attack.check(
    differing.length === 0, 'A1 A3 A11: one answer for unknown, known, blocked and without a password', differing.join());
  attack.check(
    !reference.includes('aria-invalid') && reference.startsWith('[422'), 'A1: the error stands beside no field', reference);
  const told = await wrong(blocked, accounts[blocked]);
  attack.check(
    told.status === 403 && !told.headers['set-cookie'], 'A3: the right password alone is told that the account is blocked',
    told.status);
  for (const password of ['', '\0', ' ']) {
    const reply = await wrong(bare, password);
    attack.check(
      [400, 422].includes(reply.status) && attack.sessions(bare) === 0,
      `A11: ${JSON.stringify(password)} opens no account without a password`, reply.status);
  }
  attack.latchkey(['user', 'unblock', blocked]);
  attack.latchkey(['user', 'password', bare], `${accounts[bare]}\n`);
  attack.forgetCounts();
}

// Not how long it takes but of which kind it is: without a hash to compute the answer for a stranger comes in no time. The quickest of
// twenty says it, whatever else the machine has to do meanwhile.
async function sameTime(attack) {
  const times = {known: [], unknown: []};
  const visitor = attack.stranger();
  const csrf = hidden((await visitor.get('/login')).body, 'csrf');
  for (let i = 0; i < 40; i += 1) {
    const known = i % 2 === 0;
    const identifier = known ? Object.keys(attack.accounts)[(i / 2) % 6] : `nobody${i}@example.com`;
    const started = process.hrtime.bigint();
    const reply = await visitor.post('/login', {csrf, identifier, password: 'wrong'});      // one that had to wait too long does not count
    if (reply.status === 422) times[known ? 'known' : 'unknown'].push(Number(process.hrtime.bigint() - started) / 1e6);
  }
  const [known, unknown] = [Math.min(...times.known), Math.min(...times.unknown)];
  attack.check(
    times.known.length > 0 && times.unknown.length > 0 && known < 3 * unknown && unknown < 3 * known,
    `A2: a stranger takes as long as somebody (${known.toFixed(1)} and ${unknown.toFixed(1)} ms)`, times);
  attack.forgetCounts();
}

async function guessing(attack) {
  const who = 'leyla@acme.example';
  const owner = await attack.person(who);
  const ended = attack.audits('session.end', 'allowed');
  await owner.post('/logout', {csrf: hidden((await owner.get('/logout')).body, 'csrf')});
  attack.check(
    [...owner.cookies.keys()].join() === 'device' && attack.audits('session.end', 'allowed') === ended + 1,
    'E6: signing out is written down, and leaves the browser nothing but that it is known', [...owner.cookies.keys()].join());
  const visitor = attack.stranger();
  const csrf = hidden((await visitor.get('/login')).body, 'csrf');
  const guess = (password = 'wrong') => visitor.post('/login', {csrf, identifier: who, password});
  const count = {422: 0, 429: 0, 503: 0};
  for (let i = 0; i < 7; i += 1) count[(await patiently(guess)).status] += 1;
  for (const reply of await Promise.all(Array.from({length: 8}, () => guess()))) count[reply.status] += 1;
  attack.check(count[422] <= 10, 'A13: of parallel guesses no more than allowed are looked at', count);
  for (let i = 0; i < 10 && !count.done; i += 1) {
    const reply = await patiently(guess);
    count[reply.status] += 1;
    count.done = reply.status === 429;
  }
  attack.check(count[422] === 10, 'A13: exactly ten guesses were looked at, however they came', count);
  const right = await guess(attack.accounts[who]);
  attack.check(
    right.status === 429 && right.headers['retry-after'] > 0 && !right.headers['set-cookie'] && attack.sessions(who) === 0,
    'A13: then the right password waits, too', right.status);
  const other = await attack.stranger().signIn('ada@example.com', attack.accounts['ada@example.com']);
  attack.check(other.status === 303, 'O15: nobody else waits', other.status);
  const copied = attack.stranger();
  copied.cookies.set('device', `${owner.cookies.get('device').slice(0, -4)}AAAA`);
  const forged = await copied.signIn(who, attack.accounts[who]);
  attack.check(forged.status === 429, 'O15: a device cookie that is not ours helps nobody', forged.status);
  const back = await owner.signIn(who, attack.accounts[who]);
  attack.check(back.status === 303, 'O15: nor does the owner, where she has signed in before', back.status);
  attack.check(attack.audits('session.start', 'refused') >= 10, 'A13: each wrong guess is written down');
  attack.forgetCounts();
}

async function extras(attack) {
  const who = 'ada@example.com', password = attack.accounts[who];
  const other = attack.show('ben@acme.example').user_id;
  const extra = {
    mfa: 'ok',
    user_id: other,
    'amr[]': 'otp',
    admin: '1',
    blocked: 'false',
    epoch: '0',
    'identifier[]': 'ben@acme.example',
    sid: 'x'
  };
  const wrong = await attack.stranger().signIn(who, 'wrong', extra);
  attack.check(
    wrong.status === 422 && attack.sessions('ben@acme.example') === 0, 'A18: further fields open nothing', wrong.status);
  const visitor = attack.stranger();
  await visitor.signIn(who, password, extra);
  const page = await visitor.get('/profile');
  attack.check(
    attack.isSignedIn(page) && page.body.includes(who) && attack.sessions('ben@acme.example') === 0,
    'A18: and make nobody somebody else', page.status);
  for (const [name, value] of [
         ['identifier', 'ben@acme.example'], ['password', 'x'], ['csrf', 'x'], ['connection', 'customers']]) {
    const stranger = attack.stranger();
    const csrf = hidden((await stranger.get('/login')).body, 'csrf');
    const body = `${new URLSearchParams({csrf, identifier: who, password, connection: ''})}&${name}=${value}`;
    const reply = await patiently(() => stranger.go('POST', '/login', {body, headers: {'content-type': 'application/x-www-form-urlencoded'}}));
    attack.check(
      [403, 422].includes(reply.status) && !stranger.cookies.has('sid'), `O7: ${name} twice signs nobody in`, reply.status);
  }
  const nexts = [
    '//evil.example', 'https://evil.example', '/\\evil.example', '\\\\evil.example', 'javascript:alert(1)', '/\t/evil.example',
    '/profile\r\nSet-Cookie: a=b', '/%0d%0aSet-Cookie:a=b', '@evil.example', '.evil.example', '/'.repeat(3000), ' //evil.example',
    '/ü'
  ];
  for (const next of nexts) {
    const reply = await attack.stranger().signIn(who, password, {next});
    const location = reply.headers.location ?? '';
    const cookies = [reply.headers['set-cookie'] ?? []].flat();
    attack.check(
      [303, 400].includes(reply.status) && (reply.status === 400 || (/^\/[^/\\]/.test(location) && !/[\r\n\t]/.test(location))) &&
        cookies.every((cookie) => /^(sid|device)=/.test(cookie)),
      `next=${JSON.stringify(next.slice(0, 30))} leads nowhere else`, `${reply.status} ${location}`);
  }
}

async function defaults(attack) {
  const names = ['admin', 'root', 'latchkey', 'administrator', 'test', 'demo', 'ada'];
  const opened = [];
  for (const name of names)
    for (const password of [name, 'admin', 'password', 'latchkey', 'demo', 'changeme'])
      if ((await attack.stranger().signIn(name, password)).status !== 422) opened.push(`${name}/${password}`);
  attack.check(opened.length === 0, `A17: no account that everybody knows (${names.length} names)`, opened.join());
  const modes =
    ['latchkey.key', 'latchkey.db', 'latchkey.db-wal', 'accounts.txt'].map((file) => statSync(join(attack.demo.run, file)));
  attack.check(
    modes.every((file) => (file.mode & 0o077) === 0), 'A17: key, store and passwords are readable by their owner alone');
  attack.check(modes[0].size === 32, 'A17: the key is 32 bytes, made for this store', modes[0].size);
  attack.check(new Set(attack.secrets).size === attack.secrets.length, 'A17: every password is another one');
  attack.forgetCounts();
}

// Names are counted in ten minutes by the clock; a flood that runs into the next ones is told of again.
const tenMinutes = () => Math.floor(Date.now() / 600000);

async function flood(attack) {
  const visitor = await attack.person('ada@example.com');
  const strangers = attack.stranger();
  const csrf = hidden((await strangers.get('/login')).body, 'csrf');
  const alarms = attack.audits('signin.spray', 'refused'), began = tenMinutes();
  let flooding = true, sent = 0;
  const count = {};
  const one = async () => {
    while (flooding) {
      sent += 1;
      const reply = await strangers.post('/login', {csrf, identifier: `spray${sent}@example.com`, password: 'wrong'});
      count[reply.status] = (count[reply.status] ?? 0) + 1;
    }
  };
  const running = Array.from({length: 24}, one);
  const pages = [];
  const isFlood = () => count[503] > 0 && count[422] >= 20;
  while (pages.length < 60 || (pages.length < 2000 && !isFlood())) pages.push((await visitor.get('/profile')).status);
  const meanwhile = sent;
  flooding = false;
  await Promise.all(running);
  attack.check(
    pages.every((status) => status === 200), 'O14: in a flood of passwords every page is still answered', pages.join());
  attack.check(
    count[503] > 0 && Object.keys(count).every((status) => ['422', '503'].includes(status)),
    `O14: who cannot be served is told to come again (${meanwhile} sign-ins beside ${pages.length} pages)`, count);
  const log = readFileSync(join(attack.demo.run, 'logs/latchkey.log'), 'utf8').split('\n');
  const refusals = log.filter((line) => line.includes('answered 503'));
  attack.check(
    refusals.length > 0 && refusals.length < 10 && refusals.every((line) => line.includes(' warning ')),
    `O14: ${count[503]} refusals are ${refusals.length} lines in the log, and no errors`, refusals.slice(0, 3));
  const raised = attack.audits('signin.spray', 'refused') - alarms;
  attack.check(
    raised >= 1 && raised <= tenMinutes() - began + 1 && log.some((line) => line.includes(' warning ') && line.includes('10 different names')),
    'O14: one password for everybody raises the alarm, once in ten minutes', raised);
  const saved = await visitor.save({nickname: 'Ada'});
  attack.check(saved.status === 303, 'O14: and afterwards all is as before', saved.status);
  attack.forgetCounts();
}

export async function login(attack) {
  await sameAnswers(attack);
  await sameTime(attack);
  await guessing(attack);
  await extras(attack);
  await defaults(attack);
  await flood(attack);
}
