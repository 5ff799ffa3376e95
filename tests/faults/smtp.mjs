// Mail through a real SMTP server that accepts, delays, refuses, hangs, dies, or shows a wrong certificate: nothing is lost, nothing is
// sent that must not be, and one bad recipient keeps nobody else waiting. Every mail that arrives is parsed and looked at. Retries are
// asked for with `latchkey queue retry` instead of waiting for the back-off.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { Demo, Visitor, binary, freePort, hidden, until } from '../support/demo.mjs';
import { Postbox, certificate, refusal } from '../support/postbox.mjs';
import { Patient } from './abuse_support.mjs';

const KILLS = Number(process.env.KILLS ?? 20);
let failures = 0, number = 0;
const check = (ok, name, detail = '') => { number += 1; if (!ok) failures += 1; console.log(`${ok ? 'ok' : 'not ok'} ${number} - ${name}${ok ? '' : `: ${detail}`}`); };

const latchkey = (...words) => execFileSync(binary, ['-c', join(demo.run, 'latchkey.conf'), ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...demo.env } });
const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(demo.run, 'latchkey.db'), text], { encoding: 'utf8' }).trim();
const queue = (...words) => latchkey('queue', 'list', '--json', ...words).split('\n').filter(Boolean).map((line) => JSON.parse(line));
const retry = () => latchkey('queue', 'retry');
const oneOf = (to, all = '--all') => queue(all).filter((one) => one.recipient === to).pop() ?? {};

// Asks for a new password as a stranger does; the throttles are not what is tested here.
async function ask(identifier, language = 'en') {
  sql('DELETE FROM throttle');
  const visitor = new Visitor(demo, { 'accept-language': language });
  const page = await visitor.get('/password/forgot');
  const reply = await visitor.post('/password/forgot', { csrf: hidden(page.body, 'csrf'), identifier });
  if (reply.status !== 303) throw new Error(`${identifier}: ${reply.status}`);
}

const ada = 'ada@example.com', ben = 'ben@acme.example', clara = 'clara@northwind.example', greta = 'greta@acme.example', leyla = 'leyla@acme.example';
let postbox = await new Postbox().listen();
const port = postbox.port;
const gateway = { port: await freePort(), asked: [], status: 200 };
const environment = { LATCHKEY_MAIL_URL: `smtp://localhost:${port}`, LATCHKEY_MAIL_TLS: 'off', LATCHKEY_MAIL_FROM: 'Bücher & Söhne <no-reply@example.com>',
  LATCHKEY_SMS_URL: `http://127.0.0.1:${gateway.port}/send`, LATCHKEY_WORKERS: '4' };
const demo = await new Demo({ env: environment }).start();
const { run } = demo;
process.once('uncaughtException', async (error) => {
  check(false, 'everything that is waited for comes', error.stack);
  console.log(`# kept: ${run}`);
  await demo.stop();
  process.exit(1);
});

async function again(env) {
  await demo.stop();
  demo.exit = undefined;
  Object.assign(demo.env, env);
  await demo.start(demo.port);
}
async function reopen(options) {
  await postbox.close();
  postbox = await new Postbox(options).listen(port);
}

// --- accepted, and what it says ---

function looksGood(one, { to, subject, words, path }) {
  const { mail, raw } = one, text = raw.toString('latin1');
  const link = mail.text.match(/http:\/\/localhost:\d+(\/[^\s]*)/)?.[1] ?? '';
  check(one.to.length === 1 && one.to[0] === to && mail.to.text === to, `${to}: one recipient, the right one`, JSON.stringify(one.to));
  check(one.from === 'no-reply@example.com' && mail.from.value[0].name === 'Bücher & Söhne', `${to}: the sender is the configured one`, mail.from.text);
  check(mail.subject === subject, `${to}: the subject is "${subject}"`, mail.subject);
  check(words.every((word) => mail.text.includes(word)), `${to}: the text says what happened`, mail.text);
  check(words.every((word) => mail.html.replace(/&amp;/g, '&').includes(word)), `${to}: so does the HTML`, mail.html);
  check(path ? path.test(link) && mail.html.includes(link) : link === '', `${to}: ${path ? 'both parts have the same link' : 'there is no link'}`, link);
  check(!/<img|<link|<script|src=|url\(/i.test(mail.html), `${to}: nothing is loaded from anywhere`);
  check(mail.headers.get('auto-submitted') === 'auto-generated', `${to}: it says that a program wrote it`);
  check(!/[^\r]\n|\r[^\n]/.test(text) && text.split('\r\n').every((line) => line.length <= 78) && !/[^\x00-\x7f]/.test(text), `${to}: lines are short, ASCII, and end in CR LF`);
}

{
  await ask('ada@example.com');
  await until(() => postbox.to(ada).length, 'the mail is there');
  looksGood(postbox.to(ada)[0], { to: ada, subject: 'Latchkey demo: Choose a new password', words: ['Somebody, probably you', 'Choose a new password'], path: /^\/password\/reset\?token=[\w-]{43}$/ });
  await ask(greta, 'de');
  await until(() => postbox.to(greta).length, 'the German mail is there');
  check(/: Neues Passwort wählen$/.test(postbox.to(greta)[0].mail.subject) && postbox.to(greta)[0].mail.html.includes('lang="de"'), 'it comes in the language it was asked in', postbox.to(greta)[0].mail.subject);
  await until(() => oneOf(ada).state === 'sent', 'it counts as sent');
  check(Number(sql(`SELECT sum(length(payload)) FROM outbox WHERE state = 'sent'`)) === 0, 'what was sent keeps no secret behind');
}

// --- greylisted: 4xx, then accepted ---
{
  let refused = 0;
  postbox.moods.set(ben, (stage, done) => { if (stage === 'rcpt' && refused === 0) { refused += 1; done(refusal(451, 'come back later')); } else done(); });
  await ask(ben);
  await until(() => /451/.test(oneOf(ben).last_error ?? ''), 'the refusal is noted');
  const waiting = oneOf(ben);
  check(waiting.state === 'queued' && Date.parse(waiting.due_at) - Date.parse(waiting.created_at) > 30000, 'a greylisted mail waits for its next time', JSON.stringify(waiting));
  check(!waiting.last_error.includes('come back'), 'a server\'s own words are not kept', waiting.last_error);
  retry();
  await until(() => postbox.to(ben).length, 'it is accepted the second time');
  await until(() => oneOf(ben).state === 'sent', 'and counts as sent');
  check(oneOf(ben).attempts === 2, 'it took two tries', JSON.stringify(oneOf(ben)));
}

// --- refused for good ---
{
  const bouncing = () => sql('SELECT count(*) FROM bouncing');
  let answer = [554, 'data'];
  postbox.moods.set(clara, (stage, done) => done(stage === answer[1] ? refusal(answer[0], 'nobody here') : null));
  await ask(clara);
  await until(() => oneOf(clara).state === 'dropped', 'a message refused with 554 is dropped');
  check(/the message \(554\)/.test(oneOf(clara).last_error) && bouncing() === '0', 'its words displeased: the address is not called bad', JSON.stringify(oneOf(clara)));
  answer = [450, 'rcpt'];
  await ask(clara);
  await until(() => /450/.test(oneOf(clara).last_error), 'another one waits');
  answer = [550, 'rcpt'];
  await ask(clara);
  await until(() => oneOf(clara).state === 'dropped', 'a recipient refused with 550 ends it');
  check(/the recipient \(550\)/.test(oneOf(clara).last_error) && oneOf(clara).attempts === 1, 'after one try, and it says why', JSON.stringify(oneOf(clara)));
  check(bouncing() === '1', 'the address counts as bouncing');
  const tries = postbox.tries.length;
  const others = postbox.to(greta).length;
  await ask(greta);
  await until(() => postbox.to(greta).length > others, 'a later one is sent');
  check(postbox.tries.slice(tries).every((one) => one.to !== clara), 'it is not tried again');
  postbox.moods.delete(clara);
  retry();
  await until(() => postbox.to(clara).length, 'the one that waited is accepted');
  await until(() => bouncing() === '0', 'then the address does not bounce any more');
}

// --- a server that hangs keeps nobody else waiting ---
{
  postbox.moods.set(ben, () => {});              // no answer, ever
  const before = postbox.to(ada).length;
  await ask(ben);
  await until(() => postbox.tries.filter((one) => one.to === ben).length === 3, 'the mail hangs');
  await ask(ada);
  await until(() => postbox.to(ada).length > before, 'another mail passes it');
  check(!/too slow/.test(oneOf(ben).last_error ?? ''), 'a hanging mail keeps no other waiting', oneOf(ben).last_error);
  const page = await demo.request('GET', '/login');
  check(page.status === 200, 'pages do not notice');
  await until(() => /too slow/.test(oneOf(ben).last_error ?? ''), 'a server that says nothing is given up', 120000, 500);
  postbox.moods.delete(ben);
  retry();
  await until(() => postbox.to(ben).length === 2, 'the mail goes when the server is back');
}

// --- dying between the last dot and its answer ---
{
  let first;
  postbox.moods.set(leyla, (stage, done, drop) => { if (stage === 'data' && !first) { first = true; drop(); } else done(); });
  await ask(leyla, 'ar');
  await until(() => /broke off/.test(oneOf(leyla).last_error ?? ''), 'the broken connection is noted');
  const id = oneOf(leyla).message_id;
  retry();
  await until(() => postbox.to(leyla).length, 'the mail is sent again');
  const { mail } = postbox.to(leyla)[0];
  check(mail.messageId === `<${id}@example.com>`, 'with the same Message-ID', mail.messageId);
  check(/اختيار كلمة مرور جديدة$/.test(mail.subject) && mail.html.includes('dir="rtl"'), 'Arabic comes through, from right to left', mail.subject);
}

// --- the queue on the command line ---
{
  await postbox.close();
  await ask(ada);
  await until(() => /cannot be reached/.test(oneOf(ada).last_error ?? ''), 'a server that is gone is noted');
  check(!/token/.test(latchkey('queue', 'list') + latchkey('queue', 'list', '--json')), 'the list shows no secret');
  latchkey('queue', 'drop', String(oneOf(ada).id));
  check(oneOf(ada).state === 'dropped' && /dropped by cli:/.test(oneOf(ada).last_error), 'a message can be dropped', JSON.stringify(oneOf(ada)));
  let code = 0;
  try { latchkey('queue', 'drop', String(oneOf(ada).id)); } catch (error) { code = error.status; }
  check(code === 1, 'but only once');
  await ask(ada);
  sql(`UPDATE outbox SET expires_at = strftime('%s', 'now') - 1, due_at = 0 WHERE state = 'queued'`);
  postbox = await new Postbox().listen(port);
  await until(() => oneOf(ada).state === 'dropped' && /expired/.test(oneOf(ada).last_error), 'a mail past its time is dropped');
  check(postbox.sessions === 0, 'and never sent');
}

// --- STARTTLS and AUTH ---
{
  const good = certificate(run, 'localhost', 'good'), other = certificate(run, 'localhost', 'other'), name = certificate(run, 'mail.example', 'name');
  const password = join(run, 'mail.password');
  writeFileSync(password, 'right\n', { mode: 0o600 });
  writeFileSync(join(run, 'trusted.pem'), readFileSync(good.file, 'utf8') + readFileSync(name.file, 'utf8'));
  const told = [];
  const onAuth = (auth, session, done) => { told.push({ user: auth.username, password: auth.password, secure: session.secure }); done(auth.password === 'right' ? null : refusal(535, 'no'), { user: auth.username }); };
  const strict = { authOptional: false, onAuth };
  await reopen({ ...strict, key: other.key, cert: other.cert });
  await again({ LATCHKEY_MAIL_TLS: 'required', LATCHKEY_MAIL_CA_FILE: join(run, 'trusted.pem'), LATCHKEY_MAIL_USER: 'portal', LATCHKEY_MAIL_PASSWORD_FILE: password });
  await ask(ada);
  const refusedBecause = async (what) => {
    const tries = oneOf(ada).attempts ?? 0;
    retry();
    await until(() => oneOf(ada).attempts > tries && /no TLS/.test(oneOf(ada).last_error), what);
    check(postbox.tries.length === 0 && told.length === 0, `${what}: nothing is sent, no password told`, JSON.stringify(told));
  };
  await refusedBecause('a certificate that nobody trusts');
  await reopen({ ...strict, key: name.key, cert: name.cert });
  await refusedBecause('a certificate with another name');
  await reopen({ ...strict, disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
  await refusedBecause('a server without STARTTLS');

  await reopen({ ...strict, key: good.key, cert: good.cert });
  writeFileSync(password, 'wrong\n');
  retry();
  await until(() => /refused us \(535\)/.test(oneOf(ada).last_error ?? ''), 'a wrong password is noted');
  check(oneOf(ada).state === 'queued' && sql('SELECT count(*) FROM bouncing') === '0', 'it is not the recipient\'s fault: the mail waits, the address does not bounce', JSON.stringify(oneOf(ada)));
  writeFileSync(password, 'right\n');
  retry();
  await until(() => postbox.to(ada).length, 'with the right password and certificate it goes');
  check(postbox.to(ada)[0].secure && postbox.to(ada)[0].user === 'portal', 'under TLS and with its name');
  check(told.every((one) => one.secure), 'no password was ever told without TLS');
  check(!/right|wrong/.test(readFileSync(join(run, 'logs/latchkey.log'), 'utf8')), 'none stands in the log');

  await reopen({ ...strict, secure: true, key: good.key, cert: good.cert });
  await again({ LATCHKEY_MAIL_URL: `smtps://localhost:${port}` });
  await ask(ben);
  await until(() => postbox.to(ben).length, 'smtps:// works as well');
}

// --- kill -9 of the courier: no mail is lost, none is made up ---
{
  await reopen({});
  await again({ LATCHKEY_MAIL_URL: `smtp://localhost:${port}`, LATCHKEY_MAIL_TLS: 'off', LATCHKEY_MAIL_USER: '', LATCHKEY_MAIL_PASSWORD_FILE: '' });
  const courier = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).find((pid) => {
    try { return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'latchkey-courie' && execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8' }).trim() === run; } catch { return false; }
  });
  const age = (pid) => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19]) / 100;
  const people = [ada, ben, greta, leyla];
  for (const who of people) postbox.moods.set(who, (stage, done) => setTimeout(done, 60));      // so that the blow falls before the answer
  for (let round = 0; round < KILLS; round += 1) {
    const pid = await until(courier, 'a courier is there');
    await until(() => age(pid) > 1.1, 'it is no newcomer: who dies young is started again later and later');
    const [tries, mails] = [postbox.tries.length, postbox.mails.length];
    await ask(people[round % people.length]);
    await until([() => true, () => postbox.tries.length > tries, () => postbox.mails.length > mails][round % 3], 'the moment of the blow');
    process.kill(Number(pid), 'SIGKILL');
    await until(() => courier() !== pid, 'it is gone');
  }
  const ids = sql(`SELECT message_id FROM outbox ORDER BY id DESC LIMIT ${KILLS}`).split('\n');
  await until(() => { retry(); return queue().length === 0; }, 'the queue is empty', 60000, 1000);
  const came = new Set(postbox.mails.map((one) => one.mail.messageId.replace(/^<|@.*/g, '')));
  check(ids.length === KILLS && ids.every((id) => came.has(id)), `${KILLS} times kill -9 of the courier: each of ${KILLS} mails arrived`, `${ids.filter((id) => !came.has(id)).length} lost`);
  check(came.size === KILLS, 'and none that nobody asked for', `${came.size}`);
}

// --- the SMS gateway ---
{
  const server = http.createServer((request, reply) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => { gateway.asked.push({ method: request.method, type: request.headers['content-type'], body }); reply.writeHead(gateway.status, { location: '/elsewhere' }).end('x'.repeat(gateway.status === 503 ? 1e6 : 10)); });
  });
  await new Promise((done) => server.listen(gateway.port, '127.0.0.1', done));
  const visitor = new Patient(demo);
  await visitor.signIn(ada, demo.accounts()[ada]);
  const page = await visitor.get('/phone');
  gateway.status = 302;
  const reply = await visitor.post('/phone', { csrf: hidden(page.body, 'csrf'), phone_number: '+44 20 7946 0019' });
  check(reply.status === 303, 'a code is asked for', `${reply.status}`);
  await until(() => /302/.test(oneOf('+442079460019').last_error ?? ''), 'a redirect is not followed');
  check(gateway.asked.length === 1, 'the code went nowhere else');
  gateway.status = 503;
  retry();
  await until(() => gateway.asked.length >= 2 && /broke off|503/.test(oneOf('+442079460019').last_error), 'an endless reply is broken off');
  gateway.status = 200;
  retry();
  await until(() => oneOf('+442079460019').state === 'sent', 'the gateway takes it');
  const sent = JSON.parse(gateway.asked.at(-1).body);
  check(gateway.asked.at(-1).method === 'POST' && gateway.asked.at(-1).type === 'application/json' && Object.keys(sent).sort().join() === 'text,to', 'it is a POST of "to" and "text"', JSON.stringify(gateway.asked.at(-1)));
  check(sent.to === '+442079460019' && /^\d{6} is your code for Latchkey demo\./.test(sent.text), 'with the number and the code', sent.text);
  server.close();
}

const exit = await demo.stop();
check(exit.code === 0, 'it stops when asked', JSON.stringify(exit));
check(!/token=|ERROR: AddressSanitizer|runtime error/.test(readFileSync(join(run, 'logs/latchkey.log'), 'utf8')), 'the log holds no secret and no complaint of a sanitizer');
await postbox.close();
if (failures === 0) demo.remove(); else console.log(`# kept: ${run}\n${demo.output.slice(-2000)}`);
console.log(`1..${number}`);
process.exit(failures ? 1 : 0);
