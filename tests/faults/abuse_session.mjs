// Group E: sessions and their end.
import {hidden} from '../support/demo.mjs';
import {patiently} from './abuse_support.mjs';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const who = 'ada@example.com', other = 'ben@acme.example';
const toLogin = (reply) => reply.status === 303 && /^\/login/.test(reply.headers.location);

async function fixation(attack) {
  const planted = 'A'.repeat(43);
  const visitor = attack.stranger();
  visitor.cookies.set('sid', planted);
  attack.check(toLogin(await visitor.get('/profile')), 'E1: an id that was not handed out is nobody');
  await visitor.signIn(who, attack.accounts[who]);
  const first = visitor.cookies.get('sid');
  attack.check(
    first !== planted && toLogin(await attack.withCookie(`sid=${planted}`)), 'E1: and is not taken over by signing in');
  const again = attack.stranger();
  again.cookies.set('sid', first);
  const page = await again.get('/profile');
  again.cookies.set('pre', visitor.cookies.get('pre'));
  const reply = await patiently(() => again.post('/login', {csrf: hidden(page.body, 'csrf'), identifier: who, password: attack.accounts[who]}));
  attack.check(
    reply.status === 303 && again.cookies.get('sid') !== first && toLogin(await attack.withCookie(`sid=${first}`)),
    'E1: signing in again gives a new id and ends the old one', reply.status);
  for (const path of [`/profile?sid=${again.cookies.get('sid')}`, `/profile;sid=${again.cookies.get('sid')}`])
    attack.check(!attack.isSignedIn(await attack.stranger().get(path)), 'E1: an id in the address is nobody');
}

async function spellings(attack) {
  const {sid} = await attack.person(who);
  const hash = attack.sql('SELECT hex(id_hash) FROM session ORDER BY id DESC LIMIT 1');
  const publicId = attack.sql('SELECT public_id FROM session ORDER BY id DESC LIMIT 1');
  const wrong = {
    truncated: sid.slice(0, -1),
    'without its first': sid.slice(1),
    'padded with =': `${sid}=`,
    'padded with A': `${sid}A`,
    'lower case': sid.toLowerCase(),
    'upper case': sid.toUpperCase(),
    quoted: `"${sid}"`,
    percent: `%${sid.charCodeAt(0).toString(16)}${sid.slice(1)}`,
    'hash in hex': hash,
    'hash in base64url': Buffer.from(hash, 'hex').toString('base64url'),
    'public id': publicId,
    twice: sid + sid,
    'base64 of another kind': sid.replace(/-/g, '+').replace(/_/g, '/'),
    empty: '',
    'four kilobytes': sid.repeat(95),
    dots: '../../../../etc/passwd'
  };
  const accepted = [];
  for (const [name, value] of Object.entries(wrong))
    if (value !== sid && attack.isSignedIn(await attack.withCookie(`sid=${value}`))) accepted.push(name);
  // The last letter holds two bits that mean nothing: its other spellings must be nobody, too.
  for (let i = 0; i < sid.length; i += 1)
    for (const bit of [1, 2, 4, 8, 16, 32]) {
      const flipped = sid.slice(0, i) + letters[letters.indexOf(sid[i]) ^ bit] + sid.slice(i + 1);
      if (attack.isSignedIn(await attack.withCookie(`sid=${flipped}`))) accepted.push(`letter ${i} bit ${bit}`);
    }
  attack.check(
    accepted.length === 0, `E3: ${Object.keys(wrong).length + 6 * sid.length} values beside the right one are nobody`,
    accepted.join());
  attack.check(attack.isSignedIn(await attack.withCookie(`sid=${sid}`)), 'E3: the right one is somebody');
  const twice = await attack.withCookie(`sid=${sid}; sid=${sid}`);
  attack.check(twice.status === 400, 'E2: the cookie twice is refused', twice.status);
  const lines = await attack.ask('GET /profile HTTP/1.1', [`Cookie: sid=${'A'.repeat(43)}`, `Cookie: sid=${sid}`]);
  attack.check(lines.status === 400, 'E2: two Cookie headers are refused', lines.status);
  for (const name of ['__Host-sid', '__Secure-sid', 'SID', 'sid ', 'Sid'])
    attack.check(!attack.isSignedIn(await attack.withCookie(`${name}=${sid}`)), `E3: ${JSON.stringify(name)} is another cookie`);
}

async function leaving(attack) {
  const visitor = await attack.person(who), second = await attack.person(who);
  for (const [method, path] of [['GET', '/logout'], ['HEAD', '/logout'], ['GET', `/logout?csrf=${visitor.csrf}`]])
    await visitor.go(method, path);
  attack.check(attack.isSignedIn(await visitor.get('/profile')), 'E6: looking at the sign-out page ends nothing');
  const reply = await visitor.post('/logout', {csrf: visitor.csrf});
  attack.check(
    reply.status === 303 && /storage/.test(reply.headers['clear-site-data']) && [...visitor.cookies.keys()].join() === 'device',
    'E6: signing out clears the browser', reply.headers);
  attack.check(toLogin(await attack.withCookie(`sid=${visitor.sid}`)), 'E6: the cookie, sent again, is nobody');
  await attack.unmoved(who, 'E6: a form of the ended session changes nothing', async () => {
    const late = await attack.demo.request(
      'POST', '/profile',
      {headers: {cookie: `sid=${visitor.sid}`}, body: new URLSearchParams({csrf: visitor.csrf, nickname: 'late'})});
    return toLogin(late) ? '' : `answered ${late.status}`;
  });
  attack.check(attack.isSignedIn(await second.get('/profile')), 'E7: another session of the same person goes on');
  // Somebody else's session, by the id that their own page shows: it is not there, and it goes on.
  const neighbour = await attack.person(other);
  const theirs = attack.sql('SELECT public_id FROM session ORDER BY id DESC LIMIT 1');
  const listed = await second.get('/sessions');
  attack.check(listed.status === 200 && !listed.body.includes(theirs), 'E7: nobody sees another person\'s sessions', listed.status);
  for (const id of [theirs, '1', second.sid]) {
    const tried = await second.post(`/sessions/${encodeURIComponent(id)}/end`, {csrf: second.csrf});
    attack.check(tried.status === 404, 'E7: only own sessions, by their public ids, can be ended', `${id}: ${tried.status}`);
  }
  attack.check(attack.isSignedIn(await neighbour.get('/profile')), 'E7: the other person\'s session goes on');
}

async function limits(attack) {
  const age = (column, by) =>
    attack.sql(`UPDATE session SET ${column} = ${column} - ${by} WHERE id = (SELECT MAX(id) FROM session)`, {write: true});
  let visitor = await attack.person(who);
  age('last_seen_at', 1700);
  attack.check(attack.isSignedIn(await visitor.get('/profile')), 'E8: a session used half an hour ago, almost, goes on');
  age('last_seen_at', 1801);
  attack.check(toLogin(await visitor.get('/profile')), 'E8: one that was not used for half an hour has ended');
  visitor = await attack.person(who);
  age('expires_at', 43200);
  attack.check(toLogin(await visitor.get('/profile')), 'E8: however much it is used, it ends after twelve hours');
  const first = await attack.person(other);
  for (let i = 0; i < 19; i += 1) await attack.person(other);
  attack.check(
    attack.isSignedIn(await first.get('/profile')) && attack.sessions(other) === 20, 'E14: twenty sessions live side by side',
    attack.sessions(other));
  const last = await attack.person(other);
  attack.check(
    toLogin(await first.get('/profile')) && attack.isSignedIn(await last.get('/profile')) && attack.sessions(other) === 20,
    'E14: with one more the oldest ends', attack.sessions(other));
}

async function revoked(attack) {
  const visitor = await attack.person(who);
  await attack.unmoved(other, 'E4: somebody else is not touched by what follows', async () => {
    attack.latchkey(['user', 'block', '--reason', 'test', who]);
    attack.check(toLogin(await visitor.get('/profile')), 'blocking ends every session at once');
    const tried = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'blocked'});
    attack.check(
      toLogin(tried) && attack.show(who).nickname !== 'blocked', 'and a form that was open is not saved', tried.status);
    attack.latchkey(['user', 'unblock', who]);
    attack.check(toLogin(await attack.withCookie(`sid=${visitor.sid}`)), 'unblocking brings none of them back');
  });
  const again = await attack.person(who);
  attack.latchkey(['user', 'password', who], `${attack.accounts[who]}\n`);
  attack.check(
    toLogin(await attack.withCookie(`sid=${again.sid}`)) && attack.sessions(who) === 0, 'E4: a new password ends every session');
  const third = await attack.person(who);
  attack.sql(`UPDATE account SET epoch = epoch + 1 WHERE user_id = '${attack.show(who).user_id}'`, {write: true});
  attack.check(toLogin(await attack.withCookie(`sid=${third.sid}`)), 'E4: what was made under an older epoch is dead');
}

// Nothing at all is an answer, too: nginx hangs up on what is no request line.
async function paths(attack) {
  const visitor = await attack.person(who);
  const cookie = `Cookie: sid=${visitor.sid}`;
  const tricks = [
    '/profile/x.css',
    '/profile;a.png',
    '/profile/',
    '//profile',
    '///profile',
    '/./profile',
    '/x/../profile',
    '/%70rofile',
    '/profile%2f',
    '/profile/..%2fprofile',
    '/PROFILE',
    '/Profile',
    '/profile%5c',
    '\\profile',
    '/profile%00',
    '/profile%0a',
    '/profile%20',
    '/profile.',
    '/profile%3fx',
    '/profile%23',
    '/profile/%2e',
    '/%2e/profile',
    '/profile;',
    '/profile//',
    '/profile/.',
    '/static/../profile',
    '/static/%2e%2e/profile',
    '/static/..%2fprofile',
    '/profile%2ecss',
    '/profile/index.html',
    '/healthz/../profile',
    '/%25%37%30rofile',
    '/profile~',
    '/profile%E2%80%8B',
    '/ｐrofile'.normalize('NFC')
  ];
  const opened = [];
  for (const path of tricks) {
    const reply = await attack.ask(`GET ${Buffer.from(path).toString('latin1')} HTTP/1.1`, [cookie]);
    if (reply && ![400, 404].includes(reply.status)) opened.push(`${path} ${reply.status}`);
  }
  attack.check(
    opened.length === 0, `K13 E13: ${tricks.length} other spellings of the profile's path are no pages`, opened.join('\n'));
  const hidden_ = [
    '/.git/config',
    '/.env',
    '/.htaccess',
    '/metrics',
    '/debug',
    '/server-status',
    '/nginx_status',
    '/openapi.json',
    '/api/v2/users',
    '/latchkey.db',
    '/latchkey.key',
    '/latchkey.conf',
    '/accounts.txt',
    '/backup',
    '/profile~',
    '/profile.bak',
    '/static/',
    '/static',
    '/static/.done',
    '/static/../latchkey.conf',
    '/static../latchkey.conf',
    '/static/%2e%2e/latchkey.conf',
    '/static/..%2f..%2fetc/passwd',
    '/error/404.html',
    '/error/',
    '/templates/login.tpl',
    '/etc/passwd',
    '/admin',
    '/admin/'
  ];
  const shown = [];
  for (const path of hidden_) {
    const reply = await attack.ask(`GET ${path} HTTP/1.1`, [cookie]);
    if (reply && ![400, 403, 404].includes(reply.status)) shown.push(`${path} ${reply.status}`);
  }
  attack.check(shown.length === 0, `K12: ${hidden_.length} places where programs forget something are empty`, shown.join('\n'));
  const health = await attack.stranger().get('/healthz');
  attack.check(health.body === 'ok\n' && !health.headers['set-cookie'], 'K12: the health check says nothing but ok', health.body);
}

export async function session(attack) {
  await fixation(attack);
  await spellings(attack);
  await leaving(attack);
  await limits(attack);
  await revoked(attack);
  await paths(attack);
}
