// Groups J and N: help desks, invitations and what was done there, from outside. "alpha" and "omega" know nothing of each other; the
// loop over all routes and ids is tests/unit/test_isolation.c, here is what only a real server and a real browser's request show.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {hidden, until} from '../support/demo.mjs';
import {encode} from './abuse_support.mjs';

const secret = 'a kettle upon the quay', everything = ['read:members', 'read:activity', 'update:members', 'block:members'];
const person = (id, organizations, more = {}) => ({
  connection: 'customers', user_id: id, email: `${id}@guild.example`, email_verified: true, name: `${id} of the guild`, password: secret,
  user_metadata: {contact_by: 'email'}, ...(organizations && {organizations}), ...more
});
const at = (name, ...roles) => [{name, roles, home: true}];
const place = {
  roles: [{name: 'warden', permissions: everything}],
  organizations: ['alpha', 'omega'].map((name) => ({name, display_name: `Guild ${name}`, connections: ['customers']})),
  users: [
    person('alpha-boss', at('alpha', 'administrator')), person('alpha-second', at('alpha', 'administrator')),
    person('alpha-mem', at('alpha'), {name: '=HYPERLINK("http://x")'}), person('alpha-desk', at('alpha', 'help-desk')),
    person('omega-boss', at('omega', 'administrator')), person('omega-mem', at('omega'), {name: 'Omega Secretkeeper'}), person('outsider')
  ]
};
const member = (organization, id, act = '') => `/o/${organization}/desk/members/local%7C${id}${act}`;

async function enter(attack, id) {
  const visitor = attack.stranger();
  await visitor.signIn(`${id}@guild.example`, secret);
  visitor.csrf = hidden((await visitor.get('/profile')).body, 'csrf');
  return visitor;
}

const act = (visitor, path, fields = {}) => visitor.post(path, {csrf: visitor.csrf, reason: 'because', ...fields});
const times = (count, make) => Promise.all(Array.from({length: count}, (_, i) => make(i)));
const stateOf = (attack, organization) => attack.sql(`SELECT a.user_id, a.profile, a.version, a.blocked, m.home, m.suspended, m.invited,
  m.shown_roles FROM account a JOIN membership m ON m.account_id = a.id JOIN organization o ON o.id = m.organization_id
  WHERE o.name = '${organization}' ORDER BY a.id; SELECT v.email, v.state FROM invitation v JOIN organization o ON o.id =
  v.organization_id WHERE o.name = '${organization}'; SELECT COUNT(*) FROM audit WHERE organization = '${organization}'`);

// The paths to another desk, spelled in ways that a server in front or a router might read differently.
async function spellings(attack) {
  const boss = await enter(attack, 'alpha-boss');
  const before = stateOf(attack, 'omega'), opened = [];
  const paths = [
    '/o/omega/desk', '/o/omega/desk/', '/o/omega/desk/members', '/o/alpha/desk/../../omega/desk/members', '/o/%6Fmega/desk/members',
    '/o/omega%2Fdesk/members', '/o/alpha%2F..%2Fomega/desk/members', '/o//omega/desk/members', '/o/OMEGA/desk/members',
    '/o/omega%00/desk/members', '/o/alpha,omega/desk/members', '/o/alpha%0Aomega/desk/members', '/o/alpha;omega/desk/members',
    '/o/omega/desk/members?organization=alpha', '/o/alpha/desk/%2e%2e/%2e%2e/omega/desk/activity.csv', '/o/omega/desk/activity.csv',
    member('alpha', 'omega-mem'), member('alpha', 'omega-mem').replace('%7C', '|'), member('alpha', 'omega-mem').replace('%7C', '%7c'),
    member('alpha', 'omega-mem').replace('%7C', '%257C'), `${member('alpha', 'omega-mem')}%00`, `${member('alpha', 'omega-mem')}/`,
    member('alpha', 'alpha-mem%2F..%2Flocal%7Comega-mem'), member('alpha', 'omega-mem').toUpperCase(), '/o/alpha/desk/members/8',
    `/o/alpha/desk/members/${'%7C'.repeat(300)}`, '/o/alpha/desk/members/%25', '/o/alpha/desk/members/%ff',
    '/o/alpha/desk/members/local%7Calpha-mem%27%20OR%201=1--'
  ];
  for (const path of paths)
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PROPFIND']) {
      const body = method === 'POST' ? new URLSearchParams({csrf: boss.csrf, reason: 'because'}) : undefined;
      const reply = await boss.go(method, path, {body}).catch((error) => ({status: error.code === 'ECONNRESET' ? 400 : 500, body: ''}));
      if (![400, 403, 404, 405, 414].includes(reply.status) || /Secretkeeper|Guild omega/.test(reply.body))
        opened.push(`${method} ${path}: ${reply.status}`);
    }
  attack.check(opened.length === 0, `J1: ${paths.length} spellings in 7 methods open nobody else's desk`, opened);
  const headers = {
    'x-original-url': '/o/omega/desk/members', 'x-rewrite-url': '/o/omega/desk/members', 'x-forwarded-prefix': '/o/omega',
    'x-http-method-override': 'DELETE', 'x-organization': 'omega', 'x-forwarded-host': 'omega', 'x-user-id': 'local|omega-boss',
    'remote-user': 'local|omega-boss', 'portal-peer': '1', 'organization': 'omega'
  };
  const told = await boss.get('/o/alpha/desk/members', {headers});
  attack.check(told.status === 200 && !/[Oo]mega/.test(told.body), 'J1: nor do header lines lead elsewhere', told.status);
  boss.cookies.set('look', 'omega');
  const worn = await boss.get('/profile');
  attack.check(!/Guild omega/.test(worn.body), 'J1: the look of an organization that one is no member of is not worn', '');
  attack.check(before === stateOf(attack, 'omega'), 'J1: and nothing of the other was touched', stateOf(attack, 'omega'));
}

// Roles: another organization's, one that looks like it, more than one's own, one's own self.
async function roles(attack) {
  const boss = await enter(attack, 'alpha-boss'), omega = await enter(attack, 'omega-boss'), desk = await enter(attack, 'alpha-desk');
  const made = await act(omega, '/o/omega/desk/roles', {name: 'keeper', permissions: 'read:members'});
  attack.check(made.status === 303, 'J1: omega makes a role of its own', made.status);
  const before = stateOf(attack, 'alpha').split('\n').slice(0, 4).join();
  const answers = [];
  for (const name of ['omega:keeper', 'alpha:omega:keeper', 'keeper', 'alpha:', ':', 'administrator ', 'ADMINISTRATOR', 'administrator,warden'])
    answers.push((await act(boss, member('alpha', 'alpha-mem', '/roles'), {roles: name})).status);
  attack.check(answers.every((status) => [404, 422].includes(status)), 'J1: names that are no role here are not given', answers);
  const names = ['omega:keeper', 'administrator', 'a:b', '../x', '<b>', '', 'x'.repeat(41), 'Ä', 'a\nb', 'a,b'];
  const named = [];
  for (const name of names) named.push((await act(boss, '/o/alpha/desk/roles', {name, permissions: 'read:members'})).status);
  attack.check(named.every((status) => [409, 422].includes(status)), 'J1: nor can a role be named like another organization’s', named);
  const mine = await act(desk, member('alpha', 'alpha-desk', '/roles'), {roles: 'administrator'});
  const boss2 = await act(desk, member('alpha', 'alpha-boss', '/block'));
  const outranked = await act(desk, '/o/alpha/desk/roles', {name: 'more', permissions: 'delete:members'});
  attack.check(
    [mine, boss2, outranked].every((reply) => reply.status === 403), 'J2: the help desk lifts itself to nothing, nor acts on who ranks higher',
    [mine.status, boss2.status, outranked.status]);
  attack.check(before === stateOf(attack, 'alpha').split('\n').slice(0, 4).join(), 'J1: and everybody has the roles of before', before);
  let refused = '';
  try {
    attack.apply({roles: [{name: 'alpha:lead', permissions: everything}]});
    refused = 'taken';
  } catch (error) { refused = `${error.stderr}`; }
  const forged = Number(attack.sql('SELECT COUNT(*) FROM role WHERE name LIKE \'alpha:%\' AND organization_id IS NULL'));
  attack.check(forged === 0, 'J1: an operator’s role cannot be taken for an organization’s own', refused);
}

// What is typed as a reason stands in lists and tables that others open in a spreadsheet.
async function texts(attack) {
  const boss = await enter(attack, 'alpha-boss');
  const path = member('alpha', 'alpha-mem', '/sessions'), kept = [];
  const rows = () => attack.audits('session.end_all', 'allowed');
  for (const reason of ['', ' ', 'a\u0000b', 'x'.repeat(201), '\r\n', 'x'.repeat(60000)]) {
    const before = rows(), reply = await act(boss, path, {reason});
    if (![400, 413, 422].includes(reply.status) || rows() !== before) kept.push([reason.slice(0, 4), reply.status]);
  }
  attack.check(kept.length === 0, 'N1: reasons that are none, too long or no text are refused', kept);
  for (const reason of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '"quoted",=2', '|cmd', '\u001b[31mred', '<script>alert(1)</script>', '\u202ereversed'])
    await act(boss, path, {reason});
  const table = (await boss.get('/o/alpha/desk/activity.csv')).body;
  const cells = table.split(/\r\n/).flatMap((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/^"|",?$/g, ''));
  const live = cells.filter((cell) => /^[=+@\t\r-]/.test(cell.trimEnd().replace(/,$/, '')) && cell !== '-');
  attack.check(live.length === 0 && /'=1\+1/.test(table), 'J13: no cell of the table begins a formula', live.slice(0, 5));
  // eslint-disable-next-line no-control-regex
  attack.check(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(table), 'N1: nor does it hold control characters', '');
  const page = (await boss.get('/o/alpha/desk/activity')).body;
  attack.check(!page.includes('<script>alert') && page.includes('&lt;script&gt;'), 'N1: on the page they are text', '');
  attack.check(/nothing was changed/.test(attack.latchkey(['audit', 'verify'])), 'N1: the chain of rows holds', attack.latchkey(['audit', 'verify']));
}

const unfold = (text) => text.replace(/=\r?\n/g, '').replace(/=3D/g, '=');

// The secret of the newest invitation to that address, from its mailbox. A hidden file is a mail that is still being written.
function invited(attack, address) {
  const box = join(attack.demo.run, 'mail');
  return until(() => readdirSync(box).filter((name) => !name.startsWith('.')).map((name) => unfold(readFileSync(join(box, name), 'utf8')))
    .filter((mail) => mail.includes(`To: ${address}`) || mail.includes(`To: <${address}>`))
    .map((mail) => mail.match(/\/invitation\?token=([\w-]+)/)?.[1]).filter(Boolean).at(-1), `the invitation to ${address}`);
}

async function invitations(attack) {
  const boss = await enter(attack, 'alpha-boss'), outsider = await enter(attack, 'outsider'), omega = await enter(attack, 'omega-mem');
  const list = '/o/alpha/desk/invitations';
  const waiting = () => Number(attack.sql('SELECT COUNT(*) FROM invitation WHERE state = \'pending\''));
  const none = waiting();
  const many = await act(boss, list, {emails: Array.from({length: 1000}, (_, i) => `crowd${i}@far.example`).join('\n')});
  attack.check(many.status === 422 && waiting() === none, 'J13: a thousand addresses at once are refused, none is sent', many.status);
  const bad = ['x', 'a@b@c', 'a@b.example\u0000', '<a@b.example>,,', 'a@b.example Bcc: c@d.example', `${'a'.repeat(300)}@b.example`];
  const answers = [];
  for (const emails of bad) answers.push((await act(boss, list, {emails})).status);
  attack.check(waiting() <= none + 1 && answers.every((status) => [303, 400, 422].includes(status)), 'J13: nor what is no address', answers);
  const crowd = await times(50, () => act(boss, list, {emails: 'outsider@guild.example'}));
  attack.check(
    Number(attack.sql('SELECT COUNT(*) FROM invitation WHERE email = \'outsider@guild.example\' AND state = \'pending\'')) === 1,
    'J8: fifty at the same moment invite one address once', crowd.map((reply) => reply.status).join());
  const token = await invited(attack, 'outsider@guild.example');
  const seen = [list, '/o/alpha/desk/activity', '/o/alpha/desk/activity.csv'];
  for (const path of seen)
    attack.check(!(await boss.get(path)).body.includes(token), `J7: ${path} does not show the secret`, '');
  await omega.get(`/invitation?token=${token}`);
  const page = await omega.get('/invitation');
  const members = () => attack.sql('SELECT COUNT(*) FROM membership m JOIN organization o ON o.id = m.organization_id WHERE o.name = \'alpha\'');
  const before = members();
  const wrong = await omega.post('/invitation', {csrf: hidden(page.body, 'csrf') ?? omega.csrf, decision: 'accept'});
  attack.check([403, 409].includes(wrong.status) && members() === before, 'J5: somebody else’s link joins nobody', wrong.status);
  attack.check(
    attack.sql('SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE a.user_id = \'local|omega-mem\'') === '1',
    'J5: who forwards a link gives nothing away', '');
  await outsider.get(`/invitation?token=${token}`);
  attack.check(members() === before, 'J5: opening the link joins nothing', members());
  const form = await outsider.get('/invitation');
  const mark = hidden(form.body, 'mark');
  const fields = {csrf: hidden(form.body, 'csrf'), decision: 'accept', ...(mark && {mark})};
  const all = await times(20, () => outsider.post('/invitation', fields));
  attack.check(
    Number(members()) === Number(before) + 1 && attack.audits('invitation.accept', 'allowed') === 1, 'J5: twenty clicks accept it once',
    all.map((reply) => reply.status).join());
  const late = attack.stranger();
  await late.get(`/invitation?token=${token}`);
  attack.check(/does not work any more/.test((await late.get('/invitation')).body), 'J5: and then the link is dead', '');
  for (const value of ['', 'x', token.slice(1), `${token}A`, token.toLowerCase(), `${token}%00`, encode(`${token}' OR 1=1`)]) {
    const guess = await attack.stranger().get(`/invitation?token=${value}`);
    if (guess.status >= 500 || /Guild alpha/.test(guess.body)) attack.check(false, `J5: ${value} opens nothing`, guess.status);
  }
}

// Many at the same moment: what may happen once happens once, and somebody stays.
async function races(attack) {
  const boss = await enter(attack, 'alpha-boss'), second = await enter(attack, 'alpha-second');
  const count = (action) => attack.audits(action, 'allowed');
  const before = count('membership.suspend');
  const all = await times(50, () => act(boss, member('alpha', 'alpha-mem', '/suspend')));
  attack.check(
    count('membership.suspend') === before + 1 && all.every((reply) => [303, 409, 503].includes(reply.status)),
    'J4: fifty suspend a member once', all.map((reply) => reply.status).join());
  const lists = () => attack.sql(`SELECT o.members = (SELECT COUNT(*) FROM membership m WHERE m.organization_id = o.id) FROM organization o
    WHERE o.name = 'alpha'`);
  await Promise.all([
    ...Array.from({length: 10}, () => act(boss, member('alpha', 'alpha-second', '/roles'), {roles: 'help-desk'})),
    ...Array.from({length: 10}, () => act(second, member('alpha', 'alpha-boss', '/roles'), {roles: 'help-desk'})),
    ...Array.from({length: 10}, () => act(second, member('alpha', 'alpha-boss', '/suspend'))),
    ...Array.from({length: 10}, () => act(boss, '/organizations/alpha/leave')),
    ...Array.from({length: 10}, () => act(second, '/organizations/alpha/leave'))
  ]);
  const left = Number(attack.sql(`SELECT COUNT(*) FROM membership_role g JOIN role r ON r.id = g.role_id JOIN membership m ON
    m.account_id = g.account_id AND m.organization_id = g.organization_id JOIN organization o ON o.id = m.organization_id
    WHERE o.name = 'alpha' AND r.name = 'administrator' AND m.suspended = 0`));
  attack.check(left >= 1, 'J4: two administrators against each other leave one', left);
  attack.check(lists() === '1', 'J4: and the count of members is right', lists());
}

export async function desk(attack) {
  attack.apply(place);
  for (const part of [spellings, roles, texts, invitations, races]) await part(attack);
}
