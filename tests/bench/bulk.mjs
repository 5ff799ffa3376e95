// Import and export of many accounts beside what SQLite itself takes for the same rows and bytes (bulk.c). Alone:
// BULK=100000 node tests/bench/bulk.mjs
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { top } from '../support/demo.mjs';
import { build, watched } from './stage.mjs';

const BULK = Number(process.env.BULK ?? 1000000);
const CHUNK = 500;                    // rows a transaction, as app/account/import.c has it
const program = process.env.LATCHKEY ?? join(top, 'build/latchkey');
const folder = join(build, 'bulk');
const place = (name) => join(folder, name);

function writeUsers(file) {
  const fd = openSync(file, 'w');
  for (let from = 0; from < BULK; from += 5000) {
    let lines = '';
    for (let i = from; i < Math.min(BULK, from + 5000); i += 1) {
      const number = String((i * 7919) % 10000019).padStart(8, '0');      // in no order, as real addresses are
      lines += `${JSON.stringify({ user_id: `bench${number}`, email: `person${number}@bench.example`, email_verified: true, name: `Person Number ${i}`,
        given_name: 'Person', family_name: `Number ${i}`, nickname: `p${i}`, website: `https://bench.example/${i}`, birthdate: '1990-01-01', locale: 'en',
        zoneinfo: 'Europe/Berlin', user_metadata: { contact_by: 'email' } })}\n`;
    }
    writeSync(fd, lines);
  }
  closeSync(fd);
}

// Seconds, and the most memory that was resident, in kB.
async function run(args) {
  const began = performance.now();
  const child = spawn(program, ['-c', 'latchkey.conf', ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let most = 0, said = '';
  child.stderr.on('data', (part) => { said += part; });
  const look = setInterval(() => {
    try { most = Math.max(most, Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+)/m)[1])); } catch { /* it has ended */ }
  }, 20);
  const code = await new Promise((done) => child.on('exit', done));
  clearInterval(look);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said.slice(-500)}`);
  return { seconds: (performance.now() - began) / 1000, most };
}

const bare = (...args) => Number(execFileSync(place('bulk'), args.map(String), { encoding: 'utf8' }));
const line = (what, ours, ceiling, most, others) => console.log(`| ${what.padEnd(6)} | ${ceiling.toFixed(0).padStart(8)} | ${ours.toFixed(0).padStart(8)} ` +
  `| ${(ours / ceiling).toFixed(2).padStart(5)} | ≥ 0.3 | ${(most / 1024).toFixed(0).padStart(4)} MB | ≤ ${(others * 100).toFixed(0)} % |`);

function setUp() {
  mkdirSync(folder, { recursive: true });
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'sqlite3'], { encoding: 'utf8' }).trim().split(/\s+/).filter(Boolean);
  execFileSync('gcc', ['-O2', '-o', place('bulk'), join(top, 'tests/bench/bulk.c'), ...flags], { stdio: 'inherit' });
  writeFileSync(place('latchkey.conf'), `public_url = "http://localhost:8080"; database = "latchkey.db"; key_file = "latchkey.key";\n`);
  writeFileSync(place('set-up.json'), JSON.stringify({ connections: [{ name: 'customers', strategy: 'local' }] }));
  execFileSync(program, ['-c', 'latchkey.conf', 'apply', 'set-up.json'], { cwd: folder, stdio: 'ignore' });
  execFileSync('sqlite3', [place('latchkey.db'), 'PRAGMA wal_checkpoint(TRUNCATE)']);
  copyFileSync(place('latchkey.db'), place('bare.db'));
  writeUsers(place('users.ndjson'));
}

export async function bulk() {
  setUp();
  const imported = await watched(() => run(['import', '--connection', 'customers', 'users.ndjson']));
  const inserts = await watched(() => bare('insert', place('latchkey.db'), place('bare.db'), CHUNK));
  const exported = await watched(() => run(['export', 'all.ndjson']));
  const selects = await watched(() => bare('select', place('latchkey.db'), place('bare.ndjson'), 'customers'));
  const sizes = ['all.ndjson', 'bare.ndjson'].map((name) => statSync(place(name)).size);
  if (sizes[0] !== sizes[1]) throw new Error(`export wrote ${sizes[0]} bytes, the bare program ${sizes[1]}`);
  console.log(`\n${BULK} accounts (wanted: memory under 64 MB)\n\n| rows a second |  bare |     ours | ratio | wanted | memory | others busy |\n|---|--:|--:|--:|--:|--:|--:|`);
  line('import', BULK / imported.result.seconds, inserts.result, imported.result.most, Math.max(imported.others, inserts.others));
  line('export', BULK / exported.result.seconds, selects.result, exported.result.most, Math.max(exported.others, selects.others));
  rmSync(folder, { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await bulk();
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}
