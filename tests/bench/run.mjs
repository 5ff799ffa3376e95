// Ratios of this program to bare FastCGI programs, measured side by side in one run: see bare.cc for the ceilings.
// Everything is bounded and stays on loopback. USERS=1000000 SECONDS=3 ROUNDS=3 node tests/bench/run.mjs
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Demo, Visitor, freePort, hidden, top, until } from '../support/demo.mjs';

const USERS = Number(process.env.USERS ?? 1000000);
const SECONDS = Number(process.env.SECONDS ?? 3);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SOAK = Number(process.env.SOAK ?? 200000);
const PEOPLE = 64;
const WORKERS = 4;
const build = join(top, 'build/bench');
const KIB = 65536, PASSES = 2;

rmSync(build, { recursive: true, force: true });
mkdirSync(build, { recursive: true });
const flags = (what) => execFileSync('pkg-config', [what, 'fcgi', 'libctemplate', 'libsodium', 'sqlite3'], { encoding: 'utf8' }).trim().split(/\s+/);
execFileSync('gcc', ['-O2', '-D_GNU_SOURCE', '-o', join(build, 'load'), 'tests/bench/load.c'], { cwd: top });
execFileSync('g++', ['-O2', '-std=c++17', '-o', join(build, 'bare'), 'tests/bench/bare.cc', ...flags('--cflags'), ...flags('--libs')], { cwd: top });

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const sqlite = (file, text) => execFileSync('sqlite3', [file], { input: text, encoding: 'utf8' }).trim();
const started = [];
function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'ignore', ...options });
  started.push(child);
  return child;
}

const env = {
  LATCHKEY_WORKERS: String(WORKERS), LATCHKEY_LOGIN_FAILURES: '100', LATCHKEY_LOGIN_FAILURES_PER_NETWORK: '1000000',
  LATCHKEY_SESSIONS_PER_PERSON: '1000', LATCHKEY_PASSWORD_HASH_KIB: String(KIB), LATCHKEY_PASSWORD_HASH_PASSES: String(PASSES),
  LATCHKEY_REQUESTS_PER_WORKER: '1000000000',
};
const demo = new Demo({ program: join(top, 'build/latchkey'), run: join(build, 'run', 'demo'), env });
const children = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
const line = (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
function supervisorOf(pid) {
  for (const child of children(pid)) {
    if (line(child).includes('serve') && line(child)[0].endsWith('latchkey')) return child;
    const deeper = supervisorOf(child);
    if (deeper) return deeper;
  }
  return undefined;
}
const memory = (pid) => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name) => Number(text.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);
  return { pss: of('Pss'), own: of('Private_Dirty') + of('Private_Clean') };
};

function fill(store, who) {
  sqlite(store, `PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN;
    CREATE TEMP TABLE model AS SELECT account.* FROM account JOIN identifier ON identifier.account_id = account.id WHERE key = '${who}' LIMIT 1;
    CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${USERS}) SELECT i FROM n;
    INSERT INTO account (id, user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at, password_hash, created_at, updated_at, last_login_at, logins_count)
      SELECT 1000 + i, 'local|bench' || i, connection_id, json_object('email', 'person' || i || '@bench.example', 'email_verified', json('true'),
        'name', 'Person Number ' || i, 'given_name', 'Person', 'family_name', 'Number ' || i, 'nickname', 'p' || i, 'website', 'https://bench.example/' || i,
        'birthdate', '1990-01-01', 'locale', 'en', 'zoneinfo', 'Europe/Berlin', 'user_metadata', json_object('shirt_size', 'M')), '{}', 1, 1, 0, 0,
        password_hash, created_at, updated_at, 0, 0 FROM n, model;
    INSERT INTO identifier (connection_id, field, key, account_id) SELECT connection_id, 'email', 'person' || i || '@bench.example', 1000 + i FROM n, model;
    COMMIT; ANALYZE;`);
}

function bareStore(store, file) {
  sqlite(file, `PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; ATTACH '${store}' AS portal; BEGIN;
    CREATE TABLE account (id INTEGER PRIMARY KEY, user_id TEXT, profile TEXT);
    INSERT INTO account SELECT row_number() OVER (), user_id, profile FROM portal.account WHERE id > 1000;
    CREATE TABLE bare (id INTEGER PRIMARY KEY, value INTEGER); INSERT INTO bare SELECT id, 0 FROM account; COMMIT;`);
}

// Our own nginx from the demo's configuration, with the bare programs beside it and without its request limits.
function nginxFor(port, sockets) {
  const places = Object.entries(sockets).map(([name, socket]) => `location /bare-${name} { include ${build}/params; fastcgi_pass unix:${socket}; }`).join('\n');
  const text = readFileSync(join(demo.run, 'nginx.conf'), 'utf8');
  const params = text.match(/^\s*fastcgi_param .*;$/gm).join('\n');
  writeFileSync(join(build, 'params'), params);
  const own = text.replace(/^\s*limit_(req|conn)\b[^;]*;.*$/gm, '').replace(/^\s*listen \[::1\].*$/gm, '')
    .replaceAll(`:${demo.port}`, `:${port}`).replace(/pid\s+[^;]+;/, `pid ${build}/nginx.pid;`)
    .replace(/location \/ \{/, `${places}\nlocation / {`).replace(/keepalive_requests[^;]*;/, '').replace(/^(\s*http \{)/m, '$1\nkeepalive_requests 100000000;');
  writeFileSync(join(build, 'nginx.conf'), own);
  return start('nginx', ['-c', join(build, 'nginx.conf'), '-e', join(build, 'error.log'), '-g', 'daemon off;']);
}

const requests = (file, list) => { writeFileSync(file, list.map((text) => `${Buffer.byteLength(text)}\n${text}\n`).join('')); return file; };
const raw = (port, method, path, headers = {}, body = '') => `${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n` +
  Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('') +
  (method === 'POST' ? `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` : '') + `\r\n${body}`;
// Asynchronous, so that two loads can run beside each other.
function load(port, connections, seconds, file, count) {
  return new Promise((done, fail) => {
    let text = '';
    const child = start(join(build, 'load'), [port, connections, seconds, file, ...(count ? [count] : [])].map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (part) => { text += part; });
    child.on('exit', (code) => (code === 0 ? done(JSON.parse(text)) : fail(new Error(`load ended with ${code}`))));
  });
}

async function pair(port, name, bare, ours, connections, expect) {
  const rates = { bare: [], ours: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [kind, file] of [['bare', bare], ['ours', ours]]) {
      const result = await load(port, connections, SECONDS, file);
      if (result[expect[kind]] < result.count * 0.999) throw new Error(`${name} ${kind}: ${JSON.stringify(result)}`);
      rates[kind].push(result.rate);
    }
  }
  const ratios = rates.ours.map((rate, i) => rate / rates.bare[i]);
  return { name, bare: median(rates.bare), ours: median(rates.ours), ratio: median(ratios) };
}

async function main() {
  await demo.start();
  const accounts = demo.accounts();
  const [who, password] = Object.entries(accounts)[0];
  const store = join(demo.run, 'latchkey.db');
  await demo.stop();
  demo.exit = undefined;
  console.log(`filling ${USERS} accounts …`);
  fill(store, who);
  bareStore(store, join(build, 'bare.db'));
  const beganAt = Date.now();
  await demo.start(demo.port);
  const began = Date.now() - beganAt;
  const supervisor = supervisorOf(demo.child.pid);

  const port = await freePort();
  const sockets = Object.fromEntries(['page', 'update', 'hash'].map((name) => [name, join(build, `${name}.sock`)]));
  nginxFor(port, sockets);
  const front = { request: (method, path, options = {}) => demo.request.call({ port }, method, path, { ...options, headers: { ...options.headers, host: `localhost:${port}` } }) };

  const people = [];
  for (let i = 0; i < PEOPLE; i += 1) {
    const number = 1 + Math.floor((USERS - 1) * ((i * 37) % PEOPLE) / PEOPLE);
    const visitor = new Visitor(front);
    await until(async () => { try { return (await visitor.get('/healthz')).status === 200; } catch { return false; } }, 'the front answers');
    const reply = await visitor.signIn(`person${number}@bench.example`, password);
    if (reply.status !== 303) throw new Error(`sign-in: ${reply.status}`);
    const page = await visitor.get('/profile');
    people.push({ number, cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; '), csrf: hidden(page.body, 'csrf'), page: page.body });
  }
  const visitor = new Visitor(front);
  const loginPage = await visitor.get('/login');
  const pre = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const form = (fields) => new URLSearchParams(fields).toString();
  const files = {
    login: requests(join(build, 'login'), [raw(port, 'GET', '/login')]),
    profile: requests(join(build, 'profile'), people.map((one) => raw(port, 'GET', '/profile', { Cookie: one.cookie }))),
    save: requests(join(build, 'save'), people.map((one) => raw(port, 'POST', '/profile', { Cookie: one.cookie }, `csrf=${encodeURIComponent(one.csrf)}&nickname=n@@@@@@@@`))),
    signIn: requests(join(build, 'sign-in'), people.map((one) => raw(port, 'POST', '/login', { Cookie: pre }, form({ csrf: hidden(loginPage.body, 'csrf'), identifier: `person${one.number}@bench.example`, password })))),
    wrong: requests(join(build, 'wrong'), people.map((one) => raw(port, 'POST', '/login', { Cookie: pre }, form({ csrf: hidden(loginPage.body, 'csrf'), identifier: `nobody-@@@@@@@@@bench.example`, password: 'wrong' }).replaceAll('%40'.repeat(8), '@@@@@@@@')))),
  };
  for (const name of ['page', 'update', 'hash']) files[`bare-${name}`] = requests(join(build, `bare-${name}-requests`), people.map((one) => raw(port, 'GET', `/bare-${name}?${one.number}`)));
  const bare = (mode, sample) => start(join(build, 'bare'), [sockets[mode], String(WORKERS), mode, sample, join(build, 'bare.db')], { env: { ...process.env, KIB, PASSES } });
  // A page of the same size: ours as the template's text, with one variable text in it.
  const sampleOf = (name, body) => { const file = join(build, name); writeFileSync(file, body.replaceAll('{{', '').slice(0, -300)); return file; };
  const rows = [];

  let program = bare('page', sampleOf('login.html', loginPage.body));
  await until(async () => (await front.request('GET', '/bare-page?1')).status === 200, 'the bare page answers');
  rows.push([await pair(port, 'GET /login', files['bare-page'], files.login, 8, { bare: '2xx', ours: '2xx' }), 0.8]);
  program.kill('SIGKILL');
  program = bare('page', sampleOf('profile.html', people[0].page));
  await until(async () => (await front.request('GET', '/bare-page?1')).status === 200, 'the bare page answers');
  rows.push([await pair(port, 'GET /profile by session', files['bare-page'], files.profile, 8, { bare: '2xx', ours: '2xx' }), 0.6]);
  program.kill('SIGKILL');
  program = bare('update', sampleOf('none.html', loginPage.body));
  await until(async () => (await front.request('GET', '/bare-update?1')).status === 303, 'the bare update answers');
  rows.push([await pair(port, 'POST /profile (policy, audit, commit)', files['bare-update'], files.save, 8, { bare: '3xx', ours: '3xx' }), 0.6]);
  program.kill('SIGKILL');
  program = bare('hash', sampleOf('none.html', loginPage.body));
  await until(async () => (await front.request('GET', '/bare-hash?1')).status === 303, 'the bare hash answers');
  rows.push([await pair(port, 'POST /login (one argon2id)', files['bare-hash'], files.signIn, 2, { bare: '3xx', ours: '3xx' }), 0.9]);
  program.kill('SIGKILL');

  console.log(`\n${USERS} accounts, ${WORKERS} workers, ${ROUNDS} rounds of ${SECONDS} s each, in turn\n`);
  console.log('| measured | bare, per second | ours, per second | ratio | wanted |\n|---|---|---|---|---|');
  for (const [row, wanted] of rows) console.log(`| ${row.name} | ${row.bare.toFixed(0)} | ${row.ours.toFixed(0)} | ${row.ratio.toFixed(2)} | ≥ ${wanted} |`);

  // Pages during a flood of wrong passwords.
  const quiet = await load(port, 4, SECONDS, files.profile);
  const [flooded, flood] = await Promise.all([load(port, 4, SECONDS * 2, files.profile), load(port, 16, SECONDS * 2, files.wrong)]);
  console.log(`\nPages beside 16 clients that sign in with wrong passwords: p50 ${quiet.p50} → ${flooded.p50} µs, p99 ${quiet.p99} → ${flooded.p99} µs, ` +
    `${quiet.rate.toFixed(0)} → ${flooded.rate.toFixed(0)} pages/s (${(flooded.rate / quiet.rate).toFixed(2)}); the flood got ${flood['4xx']} refusals and ${flood['503']} times 503.`);

  // Memory and the soak.
  const workers = children(supervisor).filter((pid) => memory(pid).pss > 0);
  const before = workers.map((pid) => memory(pid));
  const soak = await load(port, 8, 600, files.profile, SOAK);
  const half = workers.map((pid) => memory(pid));
  await load(port, 8, 600, files.profile, SOAK);
  const after = workers.map((pid) => memory(pid));
  const most = (list, key) => Math.max(...list.map((one) => one[key]));
  console.log(`Memory of the largest process after load: Pss ${most(after, 'pss')} kB, private ${most(after, 'own')} kB (wanted: Pss under 5120 kB).`);
  console.log(`Soak: ${soak.count} pages and as many again: private memory of the largest ${most(before, 'own')} → ${most(half, 'own')} → ${most(after, 'own')} kB.`);
  console.log(`Demo start to first answer, nginx and its checks included: ${began} ms.`);
}

try {
  await main();
} finally {
  for (const child of started) child.kill('SIGTERM');
  await demo.stop();
}
