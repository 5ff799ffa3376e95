// Organizations with many members, and what a help desk asks of them. The rows are written in bulk, as the product would make them;
// that they are so is checked on a sample, which it makes anew.
import { strictEqual } from 'node:assert';
import { Visitor, hidden, until } from '../support/demo.mjs';
import { addressOf, formOf, raw, requestFile, sqlite } from './stage.mjs';

export const organization = 'bench-0001';
const SAMPLE = 50, SEARCHES = 384, DEPTHS = 16, LINKS = 3, MEMBERS_MOST = 64, LETTERS = [1, 2, 3];

// Names that begin alike in many ways, some of them frequent, most rare. None begins as the addresses do.
const all = (...parts) => parts.reduce((list, part) => list.flatMap((begin) => part.split(' ').map((end) => begin + end)));
const GIVEN = all(['an', 'ma', 'jo', 'ka', 'li', 'ro', 'sa', 'ta', 'el', 'mi', 'da', 'fe', 'ge', 'ha', 'is', 'ju', 'lu', 'na', 'os', 'vi'],
  'na ra lin la ren to mir da sel ko nes ti var wen fa');
const FAMILY = all(['schmi', 'wei', 'kar', 'mo', 'hoff', 'lan', 'gar', 'tor', 'ander', 'sil', 'rod', 'nov', 'kow', 'chen', 'yil', 'ok', 'du', 'fi', 'st', 'whi'],
  'der son mann ski ez berg ler ova ton dal ker ing ard ow iz eth ul an om uk');
// Whose name a number gets: the square of a spread of numbers in 0…1 makes the first ones of each list frequent.
const pick = (list, step) => `CAST(${list.length} * (i * ${step} % 1000003) / 1000003.0 * (i * ${step} % 1000003) / 1000003.0 AS INTEGER)`;

export const namesSql = () => `CREATE TEMP TABLE given (n INTEGER PRIMARY KEY, name TEXT); CREATE TEMP TABLE family (n INTEGER PRIMARY KEY, name TEXT);
  ${[['given', GIVEN], ['family', FAMILY]].map(([table, list]) => `INSERT INTO ${table} VALUES ${list.map((name, n) => `(${n}, '${list[(n * 119 + 7) % list.length]}')`).join(',')};`).join('\n')}
  CREATE TEMP TABLE person AS SELECT i, given.name AS given, family.name AS family FROM n
    JOIN given ON given.n = ${pick(GIVEN, 617)} JOIN family ON family.n = ${pick(FAMILY, 7919)};`;

const upper = (name) => `upper(substr(${name}, 1, 1)) || substr(${name}, 2)`;
export const nameSql = { given: upper('given'), family: upper('family') };

// Every tenth account is a member of the large organization, `members` at most; the fifth after it one of the `organizations` others.
function fillMembers(store, accounts, members, organizations) {
  const step = Math.floor(accounts / members), terms = [
    ["'w:' || given"], ["'w:' || family", 'family <> given'], ["'w:' || email"], ["'w:bench.example'"],
    ...LETTERS.map((n) => [`'b:' || substr(given, 1, ${n})`]),
    ...LETTERS.map((n) => [`'b:' || substr(family, 1, ${n})`, `substr(family, 1, ${n}) <> substr(given, 1, ${n})`]),
    ...['person', 'bench'].flatMap((word) => LETTERS.map((n) => [`'b:${word.slice(0, n)}'`])), ["'c:' || connection"],
  ];
  const lines = terms.map(([term, where]) => (where ? `CASE WHEN ${where} THEN ${term} || char(10) ELSE '' END` : `${term} || char(10)`)).join(' || ');
  const rows = terms.map(([term, where]) => `SELECT organization, ${term}, sort_name, account FROM listed WHERE ${where ?? 1}`).join(' UNION ALL ');
  sqlite(store, `PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA temp_store=MEMORY; BEGIN;
    CREATE TEMP TABLE o AS WITH RECURSIVE o(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM o WHERE i < ${organizations}) SELECT i FROM o;
    INSERT INTO organization (id, name, display_name, support_email, branding, metadata, rules)
      SELECT 1000 + i, printf('bench-%04d', i), 'Bench ' || i, '', '{}', '{}', '{}' FROM o;
    CREATE TEMP TABLE listed AS SELECT id AS account, connection_id AS connection, json_extract(profile, '$.name') AS name,
        lower(json_extract(profile, '$.name')) AS sort_name, lower(json_extract(profile, '$.given_name')) AS given,
        lower(json_extract(profile, '$.family_name')) AS family, json_extract(profile, '$.email') AS email,
        CASE WHEN (id - 1000) % ${step} = 0 THEN 1001 ELSE 1002 + id / ${step} % ${organizations - 1} END AS organization
      FROM account WHERE id > 1000 AND (id - 1000) % ${step} IN (0, ${Math.ceil(step / 2)});
    INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at, derived, shown_name, shown_email, shown_roles,
        state, sort_name, terms)
      SELECT organization, account, 1, 0, 0, 1700000000 + account * 7919 % 50000000, (SELECT value FROM setting WHERE name = 'rules_generation'),
        name, email, '', 'active', sort_name, ${lines} FROM listed;
    INSERT INTO member_term (organization_id, term, sort_name, account_id) SELECT * FROM (${rows}) ORDER BY 1, 2, 3, 4;
    UPDATE organization SET members = (SELECT COUNT(*) FROM membership m WHERE m.organization_id = organization.id);
    COMMIT;`);
  return step;
}

const shownOf = (store, accounts) => sqlite(store, `SELECT account_id, sort_name, terms, shown_name, shown_email, shown_roles, state FROM membership
  WHERE account_id IN (${accounts}) ORDER BY 1; SELECT * FROM member_term WHERE organization_id > 1000 AND account_id IN (${accounts}) ORDER BY 1, 2, 3, 4;`);

// Fills the store of a demo that does not run. Gives what `checked` has to know.
export function fillDesk(store, accounts, members, organizations) {
  const step = fillMembers(store, accounts, members, organizations), last = 1000 + step * members;
  const sample = Array.from({ length: SAMPLE }, (_, i) => 1000 + step * (1 + Math.floor((members - 1) * i / SAMPLE))).join(',');
  const desk = { store, members, step, number: step * members, sample, before: shownOf(store, sample) };
  sqlite(store, `UPDATE membership SET derived = 0 WHERE account_id IN (${sample}, ${last});
    INSERT INTO membership_role (organization_id, account_id, role_id) SELECT 1001, ${last}, id FROM role WHERE name = 'administrator';`);
  return desk;
}

// Once the program runs, it makes the sample anew: nothing may come out otherwise than it was written.
export async function checked(desk) {
  await until(() => sqlite(desk.store, 'SELECT COUNT(*) FROM membership WHERE derived = 0') === '0', 'the sample is made anew', 120000, 200);
  strictEqual(shownOf(desk.store, desk.sample), desk.before, 'rows of members are not as the product makes them');
}

const cookies = (visitor) => [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const base = `/o/${organization}/desk/members`;

async function page(visitor, path) {
  const reply = await visitor.get(path);
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
  return reply.body;
}

const next = (html) => html.match(/href="([^"]*after=[^"]*)"/)?.[1].replaceAll('&amp;', '&');

// The first page, and others all over the list as one comes to them by going on.
async function listPaths(visitor, desk) {
  const list = [base], pages = Math.floor(desk.members / 25);
  for (let i = 0; i < DEPTHS; i += 1) {
    let path = `${base}?page=${1 + Math.floor((pages - LINKS - 1) * i / DEPTHS)}`;
    for (let link = 0; link < LINKS; link += 1) {
      path = next(await page(visitor, path));
      list.push(path);
    }
  }
  return list;
}

// What somebody types to find a person that is there: parts of one name, or of both.
function searchPaths(desk) {
  const rows = sqlite(desk.store, `SELECT sort_name FROM membership WHERE organization_id = 1001 ORDER BY account_id * 104729 % 1000033 LIMIT ${SEARCHES}`).split('\n');
  const typed = [(given) => given, (_, family) => family, (given) => given.slice(0, 2), (_, family) => family.slice(0, 3),
    (given, family) => `${given} ${family.slice(0, 2)}`, (given, family) => `${given} ${family}`, (given) => given.slice(0, 1), (_, family) => family.slice(0, 4)];
  return rows.map((row, i) => `${base}?q=${encodeURIComponent(typed[i % typed.length](...row.split(' ')))}`);
}

// The requests of the large organization's administrator, and a page of each kind.
export async function deskRequests(front, desk, password, name) {
  const visitor = new Visitor(front);
  const reply = await visitor.signIn(addressOf(desk.number), password);
  if (reply.status !== 303) throw new Error(`sign-in: ${reply.status}`);
  const file = (kind, requests) => requestFile(`${name}-${kind}`, requests);
  const { port } = front, get = (path) => raw(port, 'GET', path, { Cookie: cookies(visitor) });
  const lists = await listPaths(visitor, desk), searches = searchPaths(desk), saves = [];
  const members = Array.from({ length: MEMBERS_MOST }, (_, i) => `${base}/local%7Cbench${desk.step * (1 + Math.floor((desk.members - 1) * i / MEMBERS_MOST))}`);
  for (const path of members) {
    const html = await page(visitor, path);
    if (!hidden(html, 'version')) throw new Error(`${path}: no form`);
    // Without the version, because many save the same profile at once.
    const fields = formOf(html, path).filter(([field]) => field !== 'version' && field !== 'reason')
      .map(([field, value]) => [field, field === 'nickname' ? 'n@@@@@@@@' : value]);
    if (fields.length < 20) throw new Error(`a member's form has only ${fields.length} controls`);
    const body = new URLSearchParams([...fields, ['reason', 'asked for by telephone']]).toString().replace('%40'.repeat(8), '@'.repeat(8));
    saves.push(raw(port, 'POST', path, { Cookie: cookies(visitor) }, body));
  }
  return {
    port, list: file('list', lists.map(get)), search: file('search', searches.map(get)), open: file('open', members.map(get)), save: file('member-save', saves),
    pages: { list: await page(visitor, base), search: await page(visitor, searches[0]), open: await page(visitor, members[0]) },
  };
}
