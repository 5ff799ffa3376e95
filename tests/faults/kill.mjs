// kill -9 of workers and of the supervisor, again and again, while people save: nothing that was acknowledged is lost, nothing
// is half done. A save is acknowledged by its 303. Each writer's value counts up; in the store stands the last acknowledged
// number or the one that was under way when the process died, and profile versions equal audit rows.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Demo, hidden, until } from '../support/demo.mjs';
import { Patient } from './abuse_support.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 200);
const SUPERVISOR_EVERY = 8;
const program = join(process.cwd(), 'build/latchkey');
let failures = 0, number = 0;
const check = (ok, name, detail = '') => { number += 1; if (!ok) failures += 1; console.log(`${ok ? 'ok' : 'not ok'} ${number} - ${name}${ok ? '' : `: ${detail}`}`); };

const children = (pid) => { try { return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number); } catch { return []; } };
const commandOf = (pid) => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'); } catch { return []; } };

// The kernel keeps 15 characters of a name.
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

// Whoever was to be killed may have ended by itself, or been replaced, between the look and the blow.
const kill = (pid) => { try { process.kill(pid, 'SIGKILL'); } catch (error) { if (error.code !== 'ESRCH') throw error; } };

const stored = (run, who) => JSON.parse(execFileSync(program, ['-c', join(run, 'latchkey.conf'), 'user', 'show', '--json', who]));
const sql = (run, text) => execFileSync('sqlite3', ['-readonly', '-cmd', '.timeout 10000', join(run, 'latchkey.db'), text], { encoding: 'utf8' }).trim();

const demo = await new Demo({ program, env: { LATCHKEY_WORKERS: '4' } }).start();
const accounts = demo.accounts();

// People whose nickname is theirs to edit.
const writers = [];
for (const [who, password] of Object.entries(accounts)) {
  const visitor = new Patient(demo);
  const reply = await visitor.signIn(who, password);
  if (reply.status !== 303) continue;
  const page = await visitor.get('/profile');
  if (/<input[^>]*name="nickname"/.test(page.body)) writers.push({ who, password, visitor, sent: 0, acknowledged: 0 });
}
check(writers.length >= 2, 'at least two people can write', `${writers.length}`);

let stopping = false;
async function write(writer) {
  while (!stopping) {
    try {
      const page = await writer.visitor.get('/profile');
      if (page.status === 303) { await writer.visitor.signIn(writer.who, writer.password); continue; }
      const csrf = hidden(page.body, 'csrf');
      if (page.status !== 200 || !csrf) { await new Promise((next) => setTimeout(next, 5)); continue; }
      writer.sent += 1;
      const value = writer.sent;
      const reply = await writer.visitor.post('/profile', { csrf, version: hidden(page.body, 'version'), nickname: `n${value}` });
      if (reply.status === 303) writer.acknowledged = value;
    } catch { await new Promise((next) => setTimeout(next, 5)); }
  }
}
const running = writers.map(write);
const total = () => writers.reduce((sum, writer) => sum + writer.acknowledged, 0);

let lost = 0, supervisorKills = 0, replaced = 0;
for (let round = 1; round <= ROUNDS; round += 1) {
  const before = total();
  await until(() => total() > before, `round ${round}: somebody saved`);
  const supervisor = await until(() => supervisorOf(demo.child.pid), 'the supervisor is there');
  if (round % SUPERVISOR_EVERY === 0) {
    supervisorKills += 1;
    kill(supervisor);
    await demo.ended;
    demo.exit = undefined;
    await demo.start(demo.port);
  } else {
    // Those that stay, by what they are called: others come for one task and go, and none takes their place.
    const lasting = () => children(supervisor).filter((pid) => /^latchkey-(worker|hasher|courie)/.test(nameOf(pid)));
    const crew = await until(() => { const list = lasting(); return list.length ? list : undefined; }, 'there are processes');
    const victim = crew[(round * 7) % crew.length], name = nameOf(victim);
    const called = (list) => list.filter((pid) => nameOf(pid) === name).length, most = called(crew);
    kill(victim);
    await until(() => !children(supervisor).includes(victim) && called(lasting()) >= most, `a new ${name} stands in`);
  }
  replaced += 1;
  if (round % 20 === 0) {
    for (const writer of writers) {
      const floor = writer.acknowledged;
      const kept = Number(stored(demo.run, writer.who).nickname.slice(1));
      if (!(kept >= floor)) { lost += 1; console.log(`# ${writer.who}: acknowledged ${floor}, stored ${kept}`); }
    }
  }
}
stopping = true;
await Promise.all(running);
for (const writer of writers) {
  const kept = Number(stored(demo.run, writer.who).nickname.slice(1));
  if (!(kept >= writer.acknowledged && kept <= writer.sent)) { lost += 1; console.log(`# ${writer.who}: acknowledged ${writer.acknowledged}, sent ${writer.sent}, stored ${kept}`); }
}
check(lost === 0, `${ROUNDS} rounds of kill -9 (${supervisorKills} of the supervisor), ${total()} acknowledged saves: none lost`, `${lost} lost`);
check(replaced === ROUNDS, 'a killed process was replaced every time', `${replaced}`);
const halves = sql(demo.run, `SELECT count(*) FROM account WHERE version - 1 <> (SELECT count(*) FROM audit
  WHERE audit.user_id = account.user_id AND action = 'profile.save' AND outcome = 'allowed')`);
check(halves === '0', 'every version of a profile has its audit row and the other way round', `${halves} accounts differ`);
check(sql(demo.run, 'PRAGMA integrity_check') === 'ok', 'the store is whole');
const exit = await demo.stop();
check(exit.code === 0, 'it stops when asked', JSON.stringify(exit));
if (failures === 0) demo.remove(); else console.log(`# kept: ${demo.run}\n${demo.output.slice(-3000)}`);
process.exit(failures ? 1 : 0);
