// What a help desk asks of an organization with many members.
import { Visitor, hidden } from '../support/demo.mjs';
import { addressOf, sqlite } from './fill.mjs';
import { formOf, marked, raw, requestFile } from './stage.mjs';

export const organization = 'bench-0001';
const SEARCHES = 384, DEPTHS = 16, LINKS = 3, MEMBERS_MOST = 64;

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

const written = { nickname: 'n@@@@@@@@', version: '########' };
const versionOf = async (visitor, path) => hidden(await page(visitor, path), 'version');

// What somebody types to find a person that is there: parts of one name, or of both. And the first letters alone: in an organization
// of any size they find more members than a page holds.
function searchPaths(desk) {
  const rows = sqlite(desk.store, `SELECT sort_name FROM membership WHERE organization_id = 1001 ORDER BY account_id * 104729 % 1000033 LIMIT ${SEARCHES}`).split('\n');
  const typed = [(given) => given, (_, family) => family, (given) => given.slice(0, 2), (_, family) => family.slice(0, 3),
    (given, family) => `${given} ${family.slice(0, 2)}`, (given, family) => `${given} ${family}`, (given) => given.slice(0, 1), (_, family) => family.slice(0, 4),
    (given) => given.slice(0, 4), (given, family) => `${given.slice(0, 3)} ${family.slice(0, 3)}`];
  const path = (q) => `${base}?q=${encodeURIComponent(q)}`;
  return { mixed: rows.map((row, i) => path(typed[i % typed.length](...row.split(' ')))), full: rows.map((row, i) => path(row.slice(0, 1 + i % 2))) };
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
    const fields = formOf(html, path).filter(([field]) => field !== 'reason').map(([field, value]) => [field, written[field] ?? value]);
    if (fields.length < 20) throw new Error(`a member's form has only ${fields.length} controls`);
    saves.push(raw(port, 'POST', path, { Cookie: cookies(visitor) }, marked([...fields, ['reason', 'asked for by telephone']])));
  }
  return {
    port, list: file('list', lists.map(get)), search: file('search', searches.mixed.map(get)), full: file('full', searches.full.map(get)), open: file('open', members.map(get)), save: requestFile(`${name}-member-save`, saves, () => Promise.all(members.map((path) => versionOf(visitor, path)))),
    pages: { list: await page(visitor, base), search: await page(visitor, searches.mixed[0]), open: await page(visitor, members[0]) },
  };
}
