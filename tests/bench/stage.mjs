// What the measurements stand on: the programs, nginx before all of them, and the requests. The store: fill.mjs.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { top, unescape } from '../support/demo.mjs';
import { sqlite } from './fill.mjs';

// Each run has a folder of its own.
export const build = join(top, 'build/bench', String(process.pid));
export const ended = () => readdirSync(dirname(build)).filter((pid) => !existsSync(`/proc/${pid}`)).map((pid) => join(dirname(build), pid));

const started = [];
export function start(command, args, options = {}) {
  const child = spawn(command, args.map(String), { stdio: 'ignore', ...options });
  const ended = new Promise((done) => { child.on('exit', (code, signal) => done(code ?? signal)); child.on('error', done); });
  started.push({ child, ended });
  return Object.assign(child, { ended });
}

export async function stop(child, signal = 'SIGTERM') {
  child.kill(signal);
  return child.ended;
}

export async function stopAll() {
  await Promise.all(started.map(({ child }) => (child.exitCode === null && child.signalCode === null ? stop(child) : undefined)));
}

export function compile() {
  const flags = (what) => execFileSync('pkg-config', [what, 'fcgi', 'libctemplate', 'libsodium', 'sqlite3'], { encoding: 'utf8' })
    .trim().split(/\s+/).filter(Boolean);
  const run = (command, args) => execFileSync(command, args, { cwd: top, stdio: 'inherit' });
  run('gcc', ['-O2', '-D_GNU_SOURCE', '-o', join(build, 'load'), 'tests/bench/load.c']);
  run('g++', ['-O2', '-std=c++17', '-o', join(build, 'bare'), 'tests/bench/bare.cc', ...flags('--cflags'), ...flags('--libs')]);
}

// How many resets left all that they leave: a link that works and the message that carries it.
export function resetsIn(store) {
  return Number(sqlite(store, `SELECT min((SELECT count(*) FROM artefact WHERE purpose = 'password_reset' AND used_at = 0),
    (SELECT count(DISTINCT account_id) FROM outbox WHERE kind = 'password_reset' AND state = 'queued'));`));
}

// The same accounts for the bare programs, and a table to update.
export function bareStore(store, file) {
  sqlite(file, `PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; ATTACH '${store}' AS portal; BEGIN;
    CREATE TABLE account (id INTEGER PRIMARY KEY, user_id TEXT, profile TEXT);
    INSERT INTO account SELECT row_number() OVER (), user_id, profile FROM portal.account WHERE id > 1000;
    CREATE TABLE bare (id INTEGER PRIMARY KEY, value INTEGER); INSERT INTO bare SELECT id, 0 FROM account; COMMIT;`);
}

function replaced(text, pattern, by) {
  if (!text.match(pattern)) throw new Error(`the demo's nginx.conf has no ${pattern}`);
  return text.replace(pattern, by);
}

// An nginx of our own from the demo's configuration, with the bare programs beside the portal. It runs in the demo's folder,
// because the portal's socket is named relative to it.
export function startNginx(demo, port, sockets, name = 'nginx') {
  const places = Object.entries(sockets).map(([name, socket]) => `location /bare-${name} { fastcgi_pass "unix:${socket}"; }`).join('\n');
  let text = readFileSync(join(demo.run, 'nginx.conf'), 'utf8');
  text = replaced(text, /^\s*listen 127\.0\.0\.1:\d+/gm, (line) => line.replace(/\d+$/, port)).replace(/^\s*listen \[::1\].*$/gm, '');
  text = replaced(text, /keepalive_requests[^;]*/, 'keepalive_requests 100000000');
  text = replaced(text, /location \/ \{\s*fastcgi_pass/, (place) => `${places}\n${place}`);
  writeFileSync(join(build, `${name}.conf`), replaced(text, /^pid [^;]*/m, `pid ${join(build, `${name}.pid`)}`));
  return start('nginx', ['-p', build, '-c', join(build, `${name}.conf`), '-e', join(build, 'error.log')], { cwd: demo.run, env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
}

// Eight '#' in a request are the version of what it saves: as versionsOf, which gives those of all requests, says before each load.
const renewed = new Map();
export function requestFile(name, list, versionsOf) {
  const file = join(build, name);
  const write = (versions = []) => writeFileSync(file, list.map((text, i) => `${Buffer.byteLength(text)}${versions[i] === undefined ? '' : ` ${versions[i]}`}\n${text}\n`).join(''));
  write();
  if (versionsOf) renewed.set(file, async () => write(await versionsOf()));
  return file;
}

// A form as it is sent, with the marks that the load replaces by numbers.
export const marked = (fields) => new URLSearchParams(fields).toString().replace('%40'.repeat(8), '@'.repeat(8)).replace('%23'.repeat(8), '#'.repeat(8));

export const raw = (port, method, path, headers = {}, body = '') => `${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n` +
  Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('') +
  (method === 'POST' ? `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` : '') + `\r\n${body}`;

// What a browser sends of the page's form, as name and value: every control, though one alone was changed.
export function formOf(html, action = '/profile') {
  const begin = html.indexOf(`action="${action}"`), form = html.slice(begin, html.indexOf('</form>', begin));
  const of = (tag, name) => unescape(tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? '');
  const pairs = [];
  for (const [tag, input, select, text] of form.matchAll(/<(?:(input)[^>]*>|(select)[^>]*>.*?<\/select>|(textarea)[^>]*>[^<]*)/gs)) {
    if (input && /type="(radio|checkbox)"/.test(tag) && !/ checked/.test(tag)) continue;
    if (input) pairs.push([of(tag, 'name'), of(tag, 'value')]);
    else if (select) pairs.push([of(tag, 'name'), of(tag.match(/<option[^>]* selected[^>]*>/)?.[0] ?? '', 'value')]);
    else if (text) pairs.push([of(tag, 'name'), unescape(tag.slice(tag.indexOf('>') + 1)).trim()]);
  }
  return pairs;
}

// What the loads of each file did together: answered requests, and the last number that one of them was begun with.
const totals = new Map();
export const totalOf = (file) => totals.get(file) ?? { answered: 0, number: 0 };

// Asynchronous, so that two loads can run beside each other. `most`: end after so many requests.
export async function load(port, connections, seconds, file, most = 8000000) {
  await renewed.get(file)?.();
  const child = start(join(build, 'load'), [port, connections, seconds, file, most, totalOf(file).number], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part) => { text += part; });
  const closed = new Promise((done) => child.stdout.on('close', done));
  const code = await child.ended;
  await closed;
  if (code !== 0) throw new Error(`load ended with ${code}`);
  const result = JSON.parse(text);
  totals.set(file, { answered: totalOf(file).answered + result.count, number: result.number });
  return result;
}

const children = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);

const ticksOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
  return { own: fields[11] + fields[12], ended: fields[13] + fields[14] };
};
const family = (pid) => [pid, ...children(pid).flatMap(family)];

// Processor time so far, in ticks: of the whole machine, and of this program and everything below it.
function ticks() {
  const all = readFileSync('/proc/stat', 'utf8').split('\n');
  const cores = all.filter((line) => /^cpu\d/.test(line)).length;
  const [, user, nice, system] = all[0].split(/\s+/).map(Number);
  const ours = family(process.pid).map((pid) => ticksOf(pid).own).reduce((sum, each) => sum + each, ticksOf(process.pid).ended);
  return { all: user + nice + system, ours, cores, at: performance.now() };
}

// How much of the machine other programs took while `action` ran: 0 to 1.
export async function watched(action) {
  const before = ticks();
  const result = await action();
  const after = ticks();
  const others = (after.all - before.all) - (after.ours - before.ours);
  return { result, others: Math.max(0, others) * 10 / (after.at - before.at) / after.cores };
}

// The supervisor's children: workers, hashers and the courier.
export function processesOf(run) {
  return children(Number(readFileSync(join(run, 'latchkey.pid'), 'utf8')));
}

export function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name) => Number(text.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);
  return { pid, name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), pss: of('Pss'), own: of('Private_Dirty') + of('Private_Clean') };
}
