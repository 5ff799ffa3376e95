// What stands in the store that is measured: accounts, organizations, members. The rows are written in bulk, as the product would make
// them; that they are so is checked on a sample, which it makes anew. Filling takes minutes, so a filled store can be kept.
import { strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { top, until } from '../support/demo.mjs';

const SAMPLE = 50, LETTERS = [1, 2, 3];

export const sqlite = (file, text) => execFileSync('sqlite3', [file], { input: text, encoding: 'utf8' }).trim();

// Names that begin alike in many ways, some of them frequent, most rare. None begins as the addresses do.
const all = (...parts) => parts.reduce((list, part) => list.flatMap((begin) => part.split(' ').map((end) => begin + end)));
const GIVEN = all(['an', 'ma', 'jo', 'ka', 'li', 'ro', 'sa', 'ta', 'el', 'mi', 'da', 'fe', 'ge', 'ha', 'is', 'ju', 'lu', 'na', 'os', 'vi'],
  'na ra lin la ren to mir da sel ko nes ti var wen fa');
const FAMILY = all(['schmi', 'wei', 'kar', 'mo', 'hoff', 'lan', 'gar', 'tor', 'ander', 'sil', 'rod', 'nov', 'kow', 'chen', 'yil', 'ok', 'du', 'fi', 'st', 'whi'],
  'der son mann ski ez berg ler ova ton dal ker ing ard ow iz eth ul an om uk');
// Whose name a number gets: the square of a spread of numbers in 0…1 makes the first ones of each list frequent.
const pick = (list, step) => `CAST(${list.length} * (i * ${step} % 1000003) / 1000003.0 * (i * ${step} % 1000003) / 1000003.0 AS INTEGER)`;

const namesSql = () => `CREATE TEMP TABLE given (n INTEGER PRIMARY KEY, name TEXT); CREATE TEMP TABLE family (n INTEGER PRIMARY KEY, name TEXT);
  ${[['given', GIVEN], ['family', FAMILY]].map(([table, list]) => `INSERT INTO ${table} VALUES ${list.map((name, n) => `(${n}, '${list[(n * 119 + 7) % list.length]}')`).join(',')};`).join('\n')}
  CREATE TEMP TABLE person AS SELECT i, given.name AS given, family.name AS family FROM n
    JOIN given ON given.n = ${pick(GIVEN, 617)} JOIN family ON family.n = ${pick(FAMILY, 7919)};`;

const nameOf = (column) => `upper(substr(${column}, 1, 1)) || substr(${column}, 2)`;

// `count` accounts more, with the connection and the password of the one that `who` signs in to. Nobody is asked for a consent any more.
export const addressOf = (number) => `person${String(number).padStart(8, '0')}@bench.example`;
function fillAccounts(store, who, count) {
  sqlite(store, `PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN;
    CREATE TEMP TABLE model AS SELECT account.* FROM account JOIN identifier ON identifier.account_id = account.id WHERE key = '${who}' LIMIT 1;
    CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i FROM n;
    ${namesSql()}
    INSERT INTO account (id, user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at, password_hash, created_at, updated_at,
        last_login_at, logins_count)
      SELECT 1000 + i, 'local|bench' || i, connection_id, json_object('email', printf('person%08d@bench.example', i), 'email_verified', json('true'),
        'name', ${nameOf('given')} || ' ' || ${nameOf('family')}, 'given_name', ${nameOf('given')}, 'family_name', ${nameOf('family')}, 'nickname', 'p' || i, 'website', 'https://bench.example/' || i,
        'birthdate', '1990-01-01', 'locale', 'en', 'zoneinfo', 'Europe/Berlin', 'user_metadata', json_object('contact_by', 'email', 'shirt_size', 'M')), '{}', 1, 1, 0, 0,
        password_hash, created_at, updated_at, 0, 0 FROM person, model;
    INSERT INTO identifier (connection_id, field, key, account_id) SELECT connection_id, 'email', printf('person%08d@bench.example', i), 1000 + i FROM n, model;
    INSERT INTO consent (account_id, purpose, version, given, at) SELECT 1000 + i, name, purpose.version, i % 2, created_at FROM purpose, n, model;
    COMMIT;`);
}

// Every tenth account is a member of the large organization, `members` at most, and every fortieth of these an auditor; the fifth after it is
// one of the `organizations` others, which have as many members as their rank says (Zipf): the first a tenth of all, most a few.
function fillMembers(store, accounts, members, organizations) {
  const step = Math.floor(accounts / members), terms = [
    ["'w:' || given"], ["'w:' || family", 'family <> given'], ["'a:' || email"], ["'w:' || substr(email, 1, instr(email, '@') - 1)"],
    ["'a:bench.example'"], ["'w:bench'"],
    ...LETTERS.map((n) => [`'b:' || substr(given, 1, ${n})`]),
    ...LETTERS.map((n) => [`'b:' || substr(family, 1, ${n})`, `substr(family, 1, ${n}) <> substr(given, 1, ${n})`]),
    ...['person', 'bench'].flatMap((word) => LETTERS.map((n) => [`'b:${word.slice(0, n)}'`])), ["'r:' || role", "role <> ''"], ["'s:active'"],
    ["'c:' || connection"],
  ];
  const lines = terms.map(([term, where]) => (where ? `CASE WHEN ${where} THEN ${term} || char(10) ELSE '' END` : `${term} || char(10)`)).join(' || ');
  const rows = terms.map(([term, where]) => `SELECT organization, ${term}, sort_name, account, joined FROM listed WHERE ${where ?? 1}`).join(' UNION ALL ');
  sqlite(store, `PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA temp_store=MEMORY; BEGIN;
    CREATE TEMP TABLE o AS WITH RECURSIVE o(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM o WHERE i < ${organizations}) SELECT i FROM o;
    INSERT INTO organization (id, name, display_name, support_email, branding, metadata, rules)
      SELECT 1000 + i, printf('bench-%04d', i), 'Bench ' || i, '', '{}', '{}', '{}' FROM o;
    CREATE TEMP TABLE listed AS SELECT id AS account, connection_id AS connection, json_extract(profile, '$.name') AS name,
        lower(json_extract(profile, '$.name')) AS sort_name, lower(json_extract(profile, '$.given_name')) AS given,
        lower(json_extract(profile, '$.family_name')) AS family, json_extract(profile, '$.email') AS email,
        CASE WHEN (id - 1000) % ${step} = 0 THEN 1001
          ELSE 1001 + CAST(pow(${organizations}, id * 7907 % 1000003 / 1000003.0) AS INTEGER) END AS organization, 1700000000 + id * 7919 % 50000000 AS joined,
        CASE WHEN (id - 1000) % ${40 * step} = 0 THEN (SELECT id FROM role WHERE name = 'auditor') ELSE '' END AS role
      FROM account WHERE id > 1000 AND (id - 1000) % ${step} IN (0, ${Math.ceil(step / 2)});
    INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at, derived, shown_name, shown_email, shown_roles,
        state, sort_name, terms, user_id)
      SELECT organization, account, 1, 0, 0, joined, (SELECT value FROM setting WHERE name = 'rules_generation'),
        name, email, CASE WHEN role <> '' THEN 'auditor' ELSE '' END, 'active', sort_name, ${lines}, (SELECT user_id FROM account WHERE id = account) FROM listed;
    INSERT INTO membership_role (organization_id, account_id, role_id) SELECT organization, account, role FROM listed WHERE role <> '';
    INSERT INTO member_term (organization_id, term, sort_name, account_id, joined) SELECT * FROM (${rows}) ORDER BY 1, 2, 3, 4;
    UPDATE organization SET members = (SELECT COUNT(*) FROM membership m WHERE m.organization_id = organization.id);
    COMMIT;`);
  return step;
}

const shownOf = (store, accounts) => sqlite(store, `SELECT account_id, sort_name, terms, shown_name, shown_email, shown_roles, state FROM membership
  WHERE account_id IN (${accounts}) ORDER BY 1; SELECT * FROM member_term WHERE organization_id > 1000 AND account_id IN (${accounts}) ORDER BY 1, 2, 3, 4;`);

// Fills the store of a demo that does not run; all accounts have the password of the one that `who` signs in to. Gives what `checked` has
// to know.
export function fill(store, who, accounts, members, organizations) {
  fillAccounts(store, who, accounts);
  const step = fillMembers(store, accounts, members, organizations), last = 1000 + step * members;
  const sample = Array.from({ length: SAMPLE }, (_, i) => 1000 + step * (1 + Math.floor((members - 1) * i / SAMPLE))).join(',');
  const desk = { members, step, number: step * members, sample, before: shownOf(store, sample) };
  sqlite(store, `UPDATE membership SET derived = 0 WHERE account_id IN (${sample}, ${last});
    INSERT INTO membership_role (organization_id, account_id, role_id) SELECT 1001, ${last}, id FROM role WHERE name = 'administrator';`);
  return desk;
}

// Once the program runs, it makes the sample anew: nothing may come out otherwise than it was written.
export async function checked(desk) {
  await until(() => sqlite(desk.store, 'SELECT COUNT(*) FROM membership WHERE derived = 0') === '0', 'the sample is made anew', 120000, 200);
  strictEqual(shownOf(desk.store, desk.sample), desk.before, 'rows of members are not as the product makes them');
}

// A store that is filled otherwise has another name: by its sizes, the schema, and what is written here.
const filler = ['app/demo/demo.json', 'tests/bench/fill.mjs', ...readdirSync(join(top, 'app/store/migrations')).sort().map((name) => `app/store/migrations/${name}`)];
function nameOfKept(sizes) {
  const hash = createHash('sha256');
  for (const file of filler) hash.update(readFileSync(join(top, file), 'utf8').replace(/ *-- .*/g, ''));
  return [...Object.values(sizes), hash.digest('hex').slice(0, 12)].join('-');
}

const copyParts = (from, to) => {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of ['latchkey.db', 'latchkey.key', 'accounts.txt']) copyFileSync(join(from, name), join(to, name), constants.COPYFILE_FICLONE);
};

// Does `make`, which fills the folder `run` and gives something, or has both from what an earlier one left in `folder` (undefined: nowhere).
export async function keeping(folder, sizes, run, make) {
  if (!folder) return make();
  const kept = join(folder, nameOfKept(sizes)), note = join(kept, 'desk.json');
  if (existsSync(note)) {
    copyParts(kept, run);
    return JSON.parse(readFileSync(note, 'utf8'));
  }
  const made = await make();
  rmSync(kept, { recursive: true, force: true });
  copyParts(run, kept);
  writeFileSync(note, JSON.stringify(made));
  return made;
}
