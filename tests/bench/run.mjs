// Ratios of this program to bare FastCGI programs, measured side by side in one run: see bare.cc for the ceilings.
// Everything is bounded and stays on loopback.
// USERS=1000000 MEMBERS=100000 ORGANIZATIONS=1000 SECONDS=1 ROUNDS=9 SOAK=200000 BULK=1000000 node tests/bench/run.mjs
// STORE=folder keeps the filled stores there, and the next run with the same sizes, schema and filling (fill.mjs) takes them from there:
// copies of them, so that each run begins with the same. FILL=only ends when they are there.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { Demo, Visitor, freePort, hidden, top, until } from '../support/demo.mjs';
import { bulk } from './bulk.mjs';
import { deskRequests } from './desk.mjs';
import { fcgiGet } from './fcgi.mjs';
import { addressOf, checked, fill, keeping } from './fill.mjs';
import { bareStore, build, compile, ended, formOf, load, marked, memoryOf, processesOf, raw, requestFile, resetsIn, start, startNginx, stop, stopAll, totalOf, watched } from './stage.mjs';

const USERS = Number(process.env.USERS ?? 1000000);
const MEMBERS = Number(process.env.MEMBERS ?? USERS / 10);    // of one organization
const ORGANIZATIONS = Number(process.env.ORGANIZATIONS ?? 1000);
const LARGE = { users: USERS, members: MEMBERS, organizations: ORGANIZATIONS };
const SMALL = { users: 10000, members: 1000, organizations: 10 };   // what the large store is compared with
const SECONDS = Number(process.env.SECONDS ?? 1);
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const SOAK = Number(process.env.SOAK ?? 200000);
const STORE = process.env.STORE && resolve(process.env.STORE);
const ONLY = process.env.ONLY;        // rows that begin so: login, profile, filled, save, reset, sign-in, desk, flat; import and export: bulk.mjs alone
const PEOPLE = 64;
const WORKERS = 4;
const CALM = 0.08;                    // how much of the machine others may take
const KIB = 65536, PASSES = 2;
const program = process.env.LATCHKEY ?? join(top, 'build/latchkey');

// Without a way for mail the messages stay in the queue: the courier sends them in its own time, which is no part of a request.
const env = {
  LATCHKEY_WORKERS: WORKERS, LATCHKEY_LOGIN_FAILURES: 100, LATCHKEY_LOGIN_FAILURES_PER_NETWORK: 1000000,
  LATCHKEY_SESSIONS_PER_PERSON: 1000, LATCHKEY_PASSWORD_HASH_KIB: KIB, LATCHKEY_PASSWORD_HASH_PASSES: PASSES,
  LATCHKEY_REQUESTS_PER_WORKER: 1000000000, LATCHKEY_RESET_REQUESTS_PER_NETWORK: 1000000, LATCHKEY_MAIL_URL: '', LATCHKEY_SMS_URL: '',
};
const demo = new Demo({ program, run: join(build, 'run', 'demo'), env });
const small = new Demo({ program, run: join(build, 'run-small', 'demo'), env });
const isWanted = ([key]) => !ONLY || key.startsWith(ONLY);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const cookies = (visitor) => [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

function show(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  const line = (row) => `| ${row.map((cell, i) => (i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => '-'.repeat(width + 1) + (i ? ':' : '-')).join('|')}|`;
  console.log([line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n'));
}

async function signedIn(front, number, password) {
  const visitor = new Visitor(front);
  const reply = await visitor.signIn(addressOf(number), password);
  if (reply.status !== 303) throw new Error(`sign-in: ${reply.status}`);
  const page = await visitor.get('/profile');
  if (page.status !== 200) throw new Error(`profile: ${page.status}`);
  return { number, cookie: cookies(visitor), page: page.body };
}

async function people(front, password) {
  const list = [];
  for (let i = 0; i < PEOPLE; i += 1) list.push(await signedIn(front, 1 + Math.floor((USERS - 1) * ((i * 37) % PEOPLE) / PEOPLE), password));
  return list;
}

// The whole form of a page just read, with another nickname.
const written = { nickname: 'n@@@@@@@@', version: '########' };
function saved(one) {
  const fields = formOf(one.page).map(([name, value]) => [name, written[name] ?? value]);
  if (fields.length < 20) throw new Error(`the profile's form has only ${fields.length} controls`);
  return marked(fields);
}

async function versionOf(front, one) {
  const page = await front.request('GET', '/profile', { headers: { cookie: one.cookie } });
  return hidden(page.body, 'version');
}

// Eight '@' in a row are what the load replaces by a growing number, so that each save changes something and each reset is of
// another account.
async function requests(front, port, password) {
  const all = await people(front, password);
  const visitor = new Visitor(front);
  const page = (await visitor.get('/login')).body;
  const sent = (path, fields) => raw(port, 'POST', path, { Cookie: cookies(visitor) },
    marked({ csrf: hidden(page, 'csrf'), ...fields }));
  const signIn = (identifier, given) => sent('/login', { identifier, password: given });
  const files = {
    login: requestFile('login', [raw(port, 'GET', '/login')]),
    profile: requestFile('profile', all.map((one) => raw(port, 'GET', '/profile', { Cookie: one.cookie }))),
    save: requestFile('save', all.map((one) => raw(port, 'POST', '/profile', { Cookie: one.cookie }, saved(one))),
      () => Promise.all(all.map((one) => versionOf(front, one)))),
    signIn: requestFile('sign-in', all.map((one) => signIn(addressOf(one.number), password))),
    reset: requestFile('reset', [sent('/password/forgot', { identifier: 'person@@@@@@@@@bench.example' })]),
    wrong: requestFile('wrong', all.map(() => signIn('nobody-@@@@@@@@@bench.example', 'wrong'))),
  };
  for (const mode of ['page', 'filled', 'update', 'hash']) files[mode] = requestFile(`bare-${mode}`, all.map((one) => raw(port, 'GET', `/bare-${mode}?${one.number}`)));
  return { files, loginPage: page, profilePage: all[0].page };
}

async function rate({ port, file }, seconds, connections, wanted) {
  const result = await load(port, connections, seconds, file);
  if (!result.count || result.errors || result[wanted] < result.count) throw new Error(`${file}: ${JSON.stringify(result)}`);
  return result.rate;
}

// In turn and in short pieces, each round with a ratio of its own. A round beside which other programs were busy is done again,
// but not for ever: the calmest count.
async function pair(bare, ours, seconds, connections, wanted) {
  const rounds = [];
  for (let calm = 0; calm < ROUNDS && rounds.length < 5 * ROUNDS;) {
    const round = await watched(async () => ({
      bare: await rate(bare, seconds, connections, wanted), ours: await rate(ours, seconds, connections, wanted),
    }));
    rounds.push({ ...round.result, others: round.others });
    if (round.others <= CALM) calm += 1;
  }
  const best = rounds.sort((a, b) => a.others - b.others).slice(0, ROUNDS);
  const middle = (of) => median(best.map(of));
  return { bare: middle((one) => one.bare), ours: middle((one) => one.ours), ratio: middle((one) => one.ours / one.bare), others: best.at(-1).others };
}

// The bare page has the size of ours: ours is its template's text.
async function beside(front, port, sockets, mode, sample, action) {
  const file = join(build, 'sample.html');
  writeFileSync(file, sample.replaceAll('{{', '').slice(0, -300));
  const bare = start(join(build, 'bare'), [sockets[mode], WORKERS, mode, file, join(build, 'bare.db')], { env: { ...process.env, KIB, PASSES } });
  await until(async () => [200, 303].includes((await front.request('GET', `/bare-${mode}?1`)).status), `the bare ${mode} answers`);
  const result = await action();
  await stop(bare, 'SIGKILL');
  return result;
}

// A request that a throttle made into nothing is answered like any other. So what was answered must be in the store, and no more
// than was begun: the last ones of a load are not waited for.
function checkResets(file) {
  const { answered, number } = totalOf(file), left = resetsIn(join(demo.run, 'latchkey.db'));
  if (number > USERS) throw new Error(`${number} resets, but only ${USERS} accounts: raise USERS`);
  if (answered === 0 || left < answered || left > number) throw new Error(`${answered} of ${number} resets were answered, ${left} are in the store`);
}

const head = (bare, ours) => ['measured', bare, 'per second', ours, 'ratio', 'wanted', 'others busy'];
const row = (name, mode, result, wanted) => [name, mode, result.bare.toFixed(0), result.ours.toFixed(0), result.ratio.toFixed(2), `≥ ${wanted}`,
  `≤ ${(result.others * 100).toFixed(0)} %`];

async function ratios(front, sockets, { files, loginPage, profilePage }, desk) {
  const { port } = front, rows = [head('bare', 'ours')];
  const list = [
    ['login', 'GET /login', 'page', loginPage, files.login, 0.5, 8, '2xx', 0.8],
    ['profile', 'GET /profile', 'page', profilePage, files.profile, 0.5, 8, '2xx', 0.6],
    ['filled', 'GET /profile', 'filled', profilePage, files.profile, 0.5, 8, '2xx', 0.6],
    ['save', 'POST /profile', 'update', loginPage, files.save, 2, 8, '3xx', 0.6],
    ['reset', 'POST /password/forgot', 'update', loginPage, files.reset, 2, 8, '3xx', 0.5],
    ['sign-in', 'POST /login', 'hash', loginPage, files.signIn, 3, 2, '3xx', 0.9],
    ['desk-list', 'GET members', 'page', desk.pages.list, desk.list, 0.5, 8, '2xx', 0.4],
    ['desk-search', 'GET members?q=', 'page', desk.pages.search, desk.search, 0.5, 8, '2xx', 0.25],
    ['desk-open', 'GET members/ID', 'page', desk.pages.open, desk.open, 0.5, 8, '2xx', 0.6],
    ['desk-filled', 'GET members/ID', 'filled', desk.pages.open, desk.open, 0.5, 8, '2xx', 0.6],
    ['desk-save', 'POST members/ID', 'update', loginPage, desk.save, 2, 8, '3xx', 0.6],
  ];
  for (const [key, name, mode, sample, file, pieces, connections, status, wanted] of list.filter(isWanted)) {
    const result = await beside(front, port, sockets, mode, sample,
      () => pair({ port, file: files[mode] }, { port, file }, SECONDS * pieces, connections, status));
    if (key === 'reset') checkResets(file);
    rows.push(row(name, mode, result, wanted));
  }
  return rows;
}

// The same of the small store's organization and of the large one's, in turn: what the size of either costs.
async function flatness(large, little) {
  const list = [
    ['flat-list', 'GET members', 'list', 0.5, '2xx'], ['flat-search', 'GET members?q=', 'full', 0.5, '2xx'],
    ['flat-open', 'GET members/ID', 'open', 0.5, '2xx'], ['flat-save', 'POST members/ID', 'save', 2, '3xx'],
  ];
  const rows = [head(`${SMALL.users} accounts`, `${USERS} accounts`)];
  for (const [, name, kind, pieces, status] of list.filter(isWanted)) {
    const result = await pair({ port: little.port, file: little[kind] }, { port: large.port, file: large[kind] }, SECONDS * pieces, 8, status);
    rows.push(row(name, `${SMALL.members} members`, result, 0.8));
  }
  return rows;
}

async function flood(port, files) {
  const quiet = await load(port, 4, SECONDS * 2, files.profile);
  const [pages, wrong] = await Promise.all([load(port, 4, SECONDS * 4, files.profile), load(port, 16, SECONDS * 4, files.wrong)]);
  console.log(`\nPages while 16 clients sign in with wrong passwords: p50 ${quiet.p50} → ${pages.p50} µs, p99 ${quiet.p99} → ${pages.p99} µs, ` +
    `${quiet.rate.toFixed(0)} → ${pages.rate.toFixed(0)} pages/s. The flood got ${wrong['4xx']} refusals, ${wrong['503']} times 503 and nothing else.`);
  const other = wrong.count - wrong['4xx'] - wrong['503'];
  if (pages['2xx'] < pages.count || other) throw new Error(`flood: ${JSON.stringify({ pages, wrong })}`);
}

const largest = (pids, key) => Math.max(...pids.map((pid) => memoryOf(pid)[key]));

async function soak(port, files) {
  const pids = processesOf(demo.run).filter((pid) => memoryOf(pid).name === 'latchkey-worker');
  const before = largest(pids, 'own');
  const once = await load(port, 8, 600, files.profile, SOAK);
  const between = largest(pids, 'own');
  await load(port, 8, 600, files.profile, SOAK);
  console.log(`Memory of the largest worker after load: Pss ${largest(pids, 'pss')} kB (wanted: under 5120).`);
  console.log(`Soak of ${once.count} pages, and again: private memory of the largest worker ${before} → ${between} → ${largest(pids, 'own')} kB.`);
}

// From the program's start to its first answer with status 200, asked on its socket without nginx.
async function firstAnswer(socket) {
  const began = performance.now();
  const child = start(program, ['-c', 'latchkey.conf', 'serve'], { cwd: demo.run, env: { ...process.env, ...env } });
  await until(async () => { try { return /^Status: 200/.test(await fcgiGet(socket, '/login')); } catch { return false; } }, 'the program answers', 10000, 1);
  const took = performance.now() - began;
  await stop(child);
  return took;
}

async function starts() {
  const list = [];
  for (let i = 0; i < 5; i += 1) list.push(await firstAnswer(join(demo.run, 'latchkey.sock')));
  console.log(`Start to first answer: ${median(list).toFixed(0)} ms, at most ${Math.max(...list).toFixed(0)} of ${list.length} (wanted: under 100).`);
}

// A demo with so many accounts and organizations; the one that signs in to it is the model of all.
async function filled(one, { users, members, organizations }) {
  await one.start();
  const [who, password] = Object.entries(one.accounts())[0];
  await one.stop();
  one.exit = undefined;
  console.log(`filling ${users} accounts, ${organizations} organizations, one of ${members} members …`);
  return { password, desk: fill(join(one.run, 'latchkey.db'), who, users, members, organizations) };
}

async function stage(one, sizes) {
  const { password, desk } = await keeping(STORE, sizes, one.run, () => filled(one, sizes));
  return { password, desk: { ...desk, store: join(one.run, 'latchkey.db') } };
}

async function frontOf(one, sockets, name) {
  const port = await freePort();
  startNginx(one, port, sockets, name);
  const front = { port, request: (method, path, options = {}) => one.request.call({ port }, method, path, options) };
  await until(async () => { try { return (await front.request('GET', '/login')).status === 200; } catch { return false; } }, 'nginx answers');
  return front;
}

async function flatnessRows(large) {
  const { password, desk } = await stage(small, SMALL);
  await small.start(small.port);
  await checked(desk);
  const front = await frontOf(small, {}, 'nginx-small');
  const rows = await flatness(large, await deskRequests(front, desk, password, 'small'));
  await small.stop();
  return rows;
}

async function main() {
  if (process.env.FILL === 'only') {
    await stage(demo, LARGE);
    await stage(small, SMALL);
    return;
  }
  compile();
  const { password, desk: staged } = await stage(demo, LARGE);
  bareStore(staged.store, join(build, 'bare.db'));
  await demo.start(demo.port);
  await checked(staged);

  const sockets = Object.fromEntries(['page', 'filled', 'update', 'hash'].map((name) => [name, join(build, `${name}.sock`)]));
  const front = await frontOf(demo, sockets, 'nginx');
  const made = await requests(front, front.port, password);
  const desk = await deskRequests(front, staged, password, 'large');
  const rows = await ratios(front, sockets, made, desk);
  console.log(`\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model}: ${USERS} accounts, ${ORGANIZATIONS} organizations, ` +
    `one of ${MEMBERS} members, ${WORKERS} workers, medians of ${ROUNDS} rounds in turn\n`);
  if (rows.length > 1) show(rows);
  if (!ONLY || ONLY.startsWith('flat')) {
    console.log('');
    show(await flatnessRows(desk));
  }
  if (ONLY) return;
  await flood(front.port, made.files);
  await soak(front.port, made.files);
  await demo.stop();
  await starts();
  await bulk();
}

mkdirSync(build, { recursive: true });
for (const folder of ended()) rmSync(folder, { recursive: true, force: true });
try {
  await main();
} catch (error) {
  process.exitCode = 1;
  console.error(error);
  try { console.error(readFileSync(join(build, 'error.log'), 'utf8').split('\n').slice(-10).join('\n'), demo.output.slice(-2000)); } catch { /* nothing was said */ }
} finally {
  await stopAll();
  await demo.stop();
  await small.stop();
  rmSync(build, { recursive: true, force: true });
}
