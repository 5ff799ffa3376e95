// kill -9 around the end of a time of grace, again and again: of the courier, which erases, of a worker, of the supervisor. After each
// kill an account is whole or gone, never half; in the end all of them are gone, of their bytes nothing is left in any file, nobody else
// is missing anything, and the chain of the audit holds.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Demo, top, until } from '../support/demo.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 32), BATCH = 3, SUPERVISOR_EVERY = 8, WORKER_EVERY = 5;
const program = process.env.LATCHKEY ?? join(top, 'build/latchkey');
const mark = 'quornzyx';
let failures = 0, number = 0;
const check = (ok, name, detail = '') => { number += 1; if (!ok) failures += 1; console.log(`${ok ? 'ok' : 'not ok'} ${number} - ${name}${ok ? '' : `: ${detail}`}`); };

const children = (pid) => { try { return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number); } catch { return []; } };
const commandOf = (pid) => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'); } catch { return []; } };
const nameOf = (pid) => { try { return readFileSync(`/proc/${pid}/comm`, 'utf8').trim(); } catch { return ''; } };

// The supervisor is the `serve` process whose parent is not one itself.
function supervisorOf(pid) {
  for (const child of children(pid)) {
    if (commandOf(child).includes('serve') && commandOf(child)[0].endsWith('latchkey')) return child;
    const deeper = supervisorOf(child);
    if (deeper) return deeper;
  }
  return undefined;
}

// The kernel keeps 15 characters of a name.
const childNamed = (supervisor, name) => children(supervisor).find((pid) => nameOf(pid) === `latchkey-${name}`.slice(0, 15));

const demo = await new Demo({ program, env: { LATCHKEY_WORKERS: '2', LATCHKEY_DELETION_GRACE_SECONDS: '1' } }).start();
const sql = (text) => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', join(demo.run, 'latchkey.db'), text], { encoding: 'utf8' }).trim();
const apply = async (what) => {
  const file = join(demo.run, 'people.json');
  writeFileSync(file, JSON.stringify(what));
  const made = await demo.latchkey('apply', file);
  if (made.code !== 0) throw new Error(made.stderr);
};

// --- The people: a member of an organization each, some with more history than others ---

const people = Array.from({ length: ROUNDS * BATCH }, (_, i) => ({
  connection: 'customers', user_id: `${mark}${i}`, email: `${mark}${i}@away.example`, email_verified: true, username: `${mark}${i}`, name: `${mark} number ${i}`,
  organizations: [{ name: 'acme', home: true }],
}));
await apply({ users: people });
for (const nickname of ['first', 'second', 'third']) await apply({ users: people.filter((_, i) => i % 2).map(({ connection, user_id: id }) => ({ connection, user_id: id, nickname: `${nickname} ${mark}` })) });
const others = sql(`SELECT count(*) FROM account WHERE user_id NOT LIKE '%${mark}%'`);

// How much there is of a person: a row of the account, names to sign in with, the membership, what finds them in lists. One look, so one
// state of the store.
const sums = `SELECT a.user_id IS NOT NULL, (SELECT count(*) FROM identifier i WHERE i.key LIKE w.name || '%'), m.account_id IS NOT NULL,
  EXISTS (SELECT 1 FROM member_term t WHERE t.account_id = a.id)`;

const states = (batch) => sql(`WITH w (id, name) AS (VALUES ${batch.map((one) => `('local|${one.user_id}', '${one.email}')`).join(', ')})
  ${sums} FROM w LEFT JOIN account a ON a.user_id = w.id LEFT JOIN membership m ON m.account_id = a.id`).split('\n');
const isHalf = (state) => state !== '1|1|1|1' && state !== '0|0|0|0';
const orphans = () => sql(`SELECT (SELECT count(*) FROM identifier WHERE account_id NOT IN (SELECT id FROM account))
  + (SELECT count(*) FROM membership WHERE account_id NOT IN (SELECT id FROM account)) + (SELECT count(*) FROM session WHERE account_id NOT IN (SELECT id FROM account))
  + (SELECT count(*) FROM member_term WHERE account_id NOT IN (SELECT id FROM account)) + (SELECT count(*) FROM deletion WHERE account_id NOT IN (SELECT id FROM account))
  + (SELECT count(*) FROM organization o WHERE members <> (SELECT count(*) FROM membership m WHERE m.organization_id = o.id))`);

// --- Killing ---

const left = (batch) => sql(`SELECT count(*) FROM account WHERE user_id IN (${batch.map((one) => `'local|${one.user_id}'`).join(', ')})`);

// Where in the work the blow falls: before the end of the grace, at the first account that is gone, while names are left in the audit, while
// bytes are left in the log, when the last account is gone.
const moments = [
  ['before the end', () => true],
  ['at the first', (batch) => Number(left(batch)) < BATCH],
  ['with names in the audit', (batch) => sql("SELECT count(*) FROM erasure WHERE user_id <> ''") !== '0' || left(batch) === '0'],
  ['with bytes in the log', (batch) => sql("SELECT count(*) FROM erasure WHERE user_id = ''") !== '0' || left(batch) === '0'],
  ['after the last', (batch) => left(batch) === '0'],
];

async function strike(round) {
  const supervisor = await until(() => supervisorOf(demo.child.pid), 'the supervisor is there');
  if (round % SUPERVISOR_EVERY === 0) {
    process.kill(supervisor, 'SIGKILL');
    await demo.ended;
    return async () => { demo.exit = undefined; await demo.start(demo.port); };
  }
  const kind = round % WORKER_EVERY === 0 ? 'worker' : 'courier';
  const victim = await until(() => childNamed(supervisor, kind), `there is a ${kind}`);
  process.kill(victim, 'SIGKILL');
  return () => until(() => children(supervisor).length > 2 && !children(supervisor).includes(victim) && childNamed(supervisor, 'courier'), 'a new process stands in');
}

let half = 0, whole = 0, gone = 0, lost = 0;
for (let round = 1; round <= ROUNDS; round += 1) {
  const batch = people.slice((round - 1) * BATCH, round * BATCH), [name, reached] = moments[round % moments.length];
  for (const one of batch) {
    const asked = await demo.latchkey('gdpr', 'erase', '--yes', '--reason', 'a letter', `local|${one.user_id}`);
    if (asked.code !== 0) throw new Error(asked.stderr);
  }
  await until(() => reached(batch), `round ${round}: ${name}`, 60000, 2);
  const revive = await strike(round);
  for (const state of states(batch)) {
    if (isHalf(state)) { half += 1; console.log(`# round ${round}, ${name}: ${state}`); }
    whole += state.startsWith('1');
    gone += state.startsWith('0');
  }
  if (orphans() !== '0') { lost += 1; console.log(`# round ${round}, ${name}: rows without an account, or a count that is wrong`); }
  await revive();
}
check(half === 0, `${ROUNDS} kills around the end of a grace: an account is whole (${whole} times) or gone (${gone} times)`, `${half} times half`);
check(whole > 0 && gone > 0, 'the kills came before and after', `${whole} whole, ${gone} gone`);
check(lost === 0, 'no row of a person stays behind without its account', `${lost} times`);

// --- In the end ---

const searched = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  if (['mail', 'sms', 'people.json'].includes(entry.name)) return [];
  return entry.isDirectory() ? searched(join(folder, entry.name)) : entry.isFile() ? [join(folder, entry.name)] : [];
});
const holding = () => searched(demo.run).filter((file) => statSync(file).size > 0 && readFileSync(file).includes(mark));
await until(() => sql(`SELECT (SELECT count(*) FROM account WHERE user_id LIKE '%${mark}%') + (SELECT count(*) FROM erasure)`) === '0', 'all are erased', 60000);
check(sql(`SELECT count(*) FROM account`) === others, 'nobody else is missing', `${sql('SELECT count(*) FROM account')} of ${others}`);
check(sql("SELECT count(*) FROM audit WHERE action = 'account.erase' AND outcome = 'allowed'") === String(ROUNDS * BATCH), 'each was erased once');
const verified = await demo.latchkey('audit', 'verify');
check(verified.code === 0, 'the chain of the audit holds', verified.stdout + verified.stderr);
check(sql('PRAGMA integrity_check') === 'ok', 'the store is whole');
const back = await demo.latchkey('user', 'add', '--connection', 'customers', '--email', people[0].email);
check(back.code === 0, 'the address of somebody who is gone is free', back.stderr);
await demo.latchkey('gdpr', 'erase', '--yes', '--now', '--reason', 'a letter', people[0].email);
await until(() => holding().length === 0, 'no file holds a byte of them', 30000, 200).catch(() => {});
check(holding().length === 0, 'no file of the portal holds a byte of them', holding().join(' '));
const exit = await demo.stop();
check(exit.code === 0, 'it stops when asked', JSON.stringify(exit));
if (failures === 0) demo.remove(); else console.log(`# kept: ${demo.run}\n${demo.output.slice(-3000)}`);
process.exit(failures ? 1 : 0);
