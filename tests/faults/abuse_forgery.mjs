// Group F: forms that other sites send, and what else pretends to be a form of ours. Every route that changes something, each
// with every token that is not its own.
import {hidden} from '../support/demo.mjs';
import {encode} from './abuse_support.mjs';

const who = 'ada@example.com', other = 'ben@acme.example';
const form = 'application/x-www-form-urlencoded';

// What the route does when it is let: shown afterwards, so that each refusal is one of a form that would have worked.
const routes = (attack) => ({
  '/profile': {nickname: 'forged'},
  '/logout': {},
  '/login': {identifier: other, password: attack.accounts[other]},
});

async function send(attack, path, {cookie, csrf, headers = {}, type = form, method = 'POST', query = ''}) {
  const fields = new URLSearchParams({...(csrf !== undefined && {csrf}), ...routes(attack)[path]});
  return attack.demo.request(
    method, path + query,
    {headers: {...(cookie && {cookie}), ...(type && {'content-type': type}), ...headers}, body: fields.toString()});
}

// Nothing of what the three routes do has happened: no name, no session of the other person, our session alive.
async function refused(attack, name, victim, tries) {
  const before = [attack.sessions(other), attack.show(who).nickname];
  const wrong = [];
  for (const path of Object.keys(routes(attack))) {
    for (const [label, wanted, options] of tries) {
      const reply = await send(attack, path, {cookie: `sid=${victim.sid}`, csrf: victim.csrf, ...options});
      if (![wanted].flat().includes(reply.status) || reply.headers['set-cookie']?.some((line) => /^sid=/.test(line)))
        wrong.push(`${path} ${label}: ${reply.status}`);
    }
    if (!attack.isSignedIn(await victim.get('/profile'))) wrong.push(`${path} ended the session`);
  }
  const after = [attack.sessions(other), attack.show(who).nickname];
  attack.check(wrong.length === 0 && String(before) === String(after), name, [...wrong, before, after].join('\n'));
}

async function tokens(attack) {
  const old = await attack.person(who);
  await old.post('/logout', {csrf: old.csrf});
  const victim = await attack.person(who), foe = await attack.person(other), guest = attack.stranger();
  const guestToken = hidden((await guest.get('/login')).body, 'csrf');
  const flip = victim.csrf.slice(0, 5) + (victim.csrf[5] === 'A' ? 'B' : 'A') + victim.csrf.slice(6);
  const tries = [
    ['none', undefined], ['empty', ''], ["another person's", foe.csrf], ["an ended session's", old.csrf],
    ["a stranger's", guestToken], ['shortened', victim.csrf.slice(0, -1)], ['lengthened', `${victim.csrf}A`], ['changed', flip],
    ['lower case', victim.csrf.toLowerCase()], ['the cookie', victim.sid]
  ];
  await refused(
    attack, `F1: ${tries.length} tokens that are not this session's change nothing on any route`, victim,
    tries.map(([label, csrf]) => [label, 403, {csrf}]));
  await refused(attack, 'F1: a token in the address or in a header is none', victim, [
    ['address', 403, {csrf: undefined, query: `?csrf=${encode(victim.csrf)}`}],
    ['header', 403, {csrf: undefined, headers: {'x-csrf-token': victim.csrf}}]
  ]);
  const twice = await attack.demo.request(
    'POST', '/profile',
    {headers: {cookie: `sid=${victim.sid}`, 'content-type': form}, body: `csrf=${victim.csrf}&csrf=${foe.csrf}&nickname=forged`});
  attack.check(twice.status === 403 && attack.show(who).nickname !== 'forged', 'F1: two tokens are none', twice.status);
  const own = hidden((await guest.get('/login')).body, 'csrf');
  const bare = await attack.demo.request(
    'POST', '/login',
    {headers: {'content-type': form}, body: new URLSearchParams({csrf: own, ...routes(attack)['/login']}).toString()});
  attack.check(bare.status === 403, 'F1: a token of the sign-in form without its cookie is none', bare.status);
  for (const pre of ['', 'x', 'A'.repeat(42), 'A'.repeat(44), `${guest.cookies.get('pre')}=`]) {
    const reply = await send(attack, '/login', {cookie: `pre=${pre}`, csrf: own});
    attack.check(reply.status === 403, `F1: nor with the cookie ${JSON.stringify(pre.slice(0, 12))}`, reply.status);
  }
}

async function kinds(attack) {
  const victim = await attack.person(who);
  const types = [
    'text/plain', 'application/json', 'text/html', 'application/octet-stream', 'multipart/mixed; boundary=x',
    'application/x-www-form-urlencoded-x', 'application/csp-report', 'x', 'text/plain; application/x-www-form-urlencoded',
    `${form}; charset=utf-16`, `${form}; charset=iso-8859-1`, `${form}, text/plain`
  ];
  await refused(
    attack, `F2: ${types.length} other kinds of content are no forms`, victim, types.map((type) => [type, [400, 415], {type}]));
  await refused(attack, 'F2: nor is content of no kind', victim, [['none', [400, 403, 415], {type: ''}]]);
  await refused(
    attack, 'F2: methods beside POST', victim,
    ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'MOVE', 'SEARCH', 'POSTX'].map((method) => [method, [400, 405], {method}]));
  const overrides = [];
  for (const [path, headers] of [
         ['/profile?_method=POST&nickname=forged', {}], [`/profile?nickname=forged&csrf=${victim.csrf}`, {}],
         [`/logout?_method=POST&csrf=${victim.csrf}`, {'x-http-method-override': 'POST'}],
         [`/logout?_action=save&csrf=${victim.csrf}`, {'x-method-override': 'POST', 'x-http-method': 'POST'}]])
    for (const method of ['GET', 'HEAD']) overrides.push((await victim.go(method, path, {headers})).status);
  attack.check(
    attack.isSignedIn(await victim.get('/profile')) && attack.show(who).nickname !== 'forged',
    'F2: GET and HEAD change nothing, whatever they are said to be', overrides.join());
  const masked =
    await victim.post('/profile', {csrf: victim.csrf, _method: 'DELETE'}, {headers: {'x-http-method-override': 'DELETE'}});
  attack.check(
    [303, 403, 422].includes(masked.status) && attack.isSignedIn(await victim.get('/profile')), 'F2: and POST stays POST',
    masked.status);
  const boundary = 'limit';
  const part = (head, text) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
  const multipart = (parts) => attack.ask(
    'POST /profile HTTP/1.1',
    [
      `Cookie: sid=${victim.sid}`, `Content-Type: multipart/form-data; boundary=${boundary}`,
      `Content-Length: ${parts.length + boundary.length + 6}`
    ],
    `${parts}--${boundary}--\r\n`);
  const csrf = part('name="csrf"', victim.csrf);
  const files = [
    part('name="nickname"; filename="a.txt"', 'forged'), part('name="nickname"; filename=""', 'forged'),
    part('name="nickname"; filename="x"', '\xff\0\xfe'), part('name="csrf"; filename="x"', victim.csrf)
  ];
  for (const file of files) {
    const reply = await multipart(csrf + file);
    attack.check(
      [400, 403, 415].includes(reply.status) && attack.show(who).nickname !== 'forged', 'F2: a file is no text', reply.status);
  }
  const bare = await multipart(part('name="nickname"', 'forged'));
  attack.check(
    bare.status === 403 && attack.show(who).nickname !== 'forged', 'F2: a multipart form without a token changes nothing',
    bare.status);
  const fine = await multipart(csrf + part('name="nickname"', 'honest'));
  attack.check(fine.status === 303 && attack.show(who).nickname === 'honest', 'F2: and with it does what it says', fine.status);
}

async function sites(attack) {
  const victim = await attack.person(who), own = attack.demo.url;
  const foreign = [
    {origin: 'https://evil.example'}, {origin: 'null'}, {origin: `${own}.evil.example`},
    {origin: `http://evil.localhost:${attack.demo.port}`}, {origin: own.replace('http:', 'https:')}, {origin: 'http://localhost'},
    {origin: `${own}/`}, {origin: ''}, {origin: own.toUpperCase()}, {'sec-fetch-site': 'cross-site'},
    {'sec-fetch-site': 'same-site'}, {'sec-fetch-site': 'cross-site', origin: own}, {'sec-fetch-site': ''},
    {'sec-fetch-site': 'Same-Origin'}
  ];
  await refused(
    attack, `F5: ${foreign.length} kinds of other sites are refused, the right token in hand`, victim,
    foreign.filter((headers) => Object.values(headers).join() !== '')
      .map((headers) => [JSON.stringify(headers), [400, 403], {headers}]));
  for (const name of ['Origin', 'Sec-Fetch-Site']) {
    const [good, bad] = name === 'Origin' ? [own, 'https://evil.example'] : ['same-origin', 'cross-site'];
    const body = new URLSearchParams({csrf: victim.csrf, nickname: 'forged'}).toString();
    const reply = await attack.ask(
      'POST /profile HTTP/1.1',
      [
        `Cookie: sid=${victim.sid}`, `Content-Type: ${form}`, `Content-Length: ${body.length}`, `${name}: ${bad}`,
        `${name}: ${good}`
      ],
      body);
    attack.check(
      [400, 403].includes(reply.status) && attack.show(who).nickname !== 'forged', `F5: ${name} twice is refused`, reply.status);
  }
  for (const headers of [{origin: own}, {'sec-fetch-site': 'same-origin', origin: own}, {}]) {
    const reply = await victim.post('/profile', {csrf: victim.csrf, nickname: `own${Object.keys(headers).length}`}, {headers});
    attack.check(reply.status === 303, `F5: our own page is let in (${JSON.stringify(headers)})`, reply.status);
  }
  const preflight = await victim.go(
    'OPTIONS', '/profile',
    {headers: {origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x'}});
  attack.check(preflight.status === 405, 'F15: nobody is told that other origins may read', preflight.status);
  const read = await victim.get(
    '/profile', {headers: {origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors'}});
  attack.check(!read.headers['access-control-allow-origin'], 'F15: nor is a reader', read.headers);
}

export async function forgery(attack) {
  await tokens(attack);
  await kinds(attack);
  await sites(attack);
}
