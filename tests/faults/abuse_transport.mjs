// Group O and what nginx answers by itself: headers that claim something, methods, lengths, encodings, limits, and a store or a
// program that cannot answer.
import {spawn} from 'node:child_process';
import {readFileSync, renameSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {hidden, until, Visitor} from '../support/demo.mjs';
import {patiently} from './abuse_support.mjs';

const who = 'ada@example.com';
const form = 'application/x-www-form-urlencoded';

async function claims(attack) {
  const port = attack.demo.port;
  const claimed = [
    'Proxy: http://evil.example',
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-For: 203.0.113.10',
    'X_Forwarded_For: 203.0.113.9',
    'X-Real-IP: 203.0.113.9',
    'Forwarded: for=203.0.113.9;host=evil.example;proto=https',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: https',
    'X-Original-URL: /profile',
    'X-Rewrite-URL: /profile',
    `Remote-User: ${who}`,
    `X-Remote-User: ${who}`,
    'Https: on',
    'Portal-Peer: 203.0.113.9',
    'PORTAL_PEER: 203.0.113.9',
    'Remote-Addr: 203.0.113.9',
    'Request-Uri: /profile',
    'Script-Name: /profile',
    'X-HTTP-Method-Override: DELETE',
    'Via: 1.1 evil',
    'Client-IP: 203.0.113.9',
    'True-Client-IP: 203.0.113.9',
    'Content-Location: /profile',
    'Max-Forwards: 0'
  ];
  const anonymous = await attack.ask('GET /profile HTTP/1.1', claimed);
  attack.check(
    anonymous?.status === 303 && anonymous.headers.location.startsWith('/login'),
    `O2: ${claimed.length} headers make nobody somebody`, anonymous);
  const page = await attack.ask('GET /login HTTP/1.1', claimed);
  const pre = page.headers['set-cookie'][0].split(';')[0];
  attack.check(
    !/evil\.example|203\.0\.113/.test(page.body) && !page.headers['strict-transport-security'] && pre.startsWith('pre='),
    'O2: none of them reaches the page', page.status);
  const body = new URLSearchParams({csrf: hidden(page.body, 'csrf'), identifier: who, password: attack.accounts[who]}).toString();
  const reply = await patiently(() => attack.ask(
    'POST /login HTTP/1.1', [...claimed, `Cookie: ${pre}`, `Content-Type: ${form}`, `Content-Length: ${body.length}`], body));
  const peer = attack.sql("SELECT peer FROM audit WHERE action = 'session.start' ORDER BY id DESC LIMIT 1");
  attack.check(
    reply.status === 303 && reply.headers.location === '/profile' && peer === '127.0.0.1',
    'O2: the address written down is the connection’s', [reply.status, peer]);
  const doubles = {
    'Content-Type': [form, 'application/json'],
    'Content-Encoding': ['identity', 'gzip'],
    Authorization: ['a', 'b'],
    Origin: [attack.demo.url, attack.demo.url]
  };
  for (const [name, values] of Object.entries(doubles)) {
    const twice = await attack.ask('POST /login HTTP/1.1', [...values.map((value) => `${name}: ${value}`), 'Content-Length: 0']);
    attack.check(twice === null || [400, 403, 415].includes(twice.status), `O2: ${name} twice is refused`, twice?.status);
  }
  for (const host of
         ['evil.example', `localhost.evil.example:${port}`, '', 'localhost@evil.example', '../..', `[::ffff:127.0.0.1]:${port}`,
          'a'.repeat(300)]) {
    const foreign = await attack.raw(Buffer.from(`GET /login HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    attack.check(
      foreign === null || foreign.status === 400, `the host ${JSON.stringify(host.slice(0, 30))} is not served`, foreign?.status);
  }
  const two =
    await attack.raw(Buffer.from(`GET /login HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n`));
  attack.check(two === null || two.status === 400, 'two hosts are refused', two?.status);
}

async function methods(attack) {
  const visitor = await attack.person(who);
  const verbs = [
    'TRACE', 'CONNECT', 'PURGE', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'get', 'Post', 'PROPFIND', 'GETX', 'X'.repeat(1000),
    'GET\t', '*'
  ];
  for (const path of ['/login', '/profile', '/logout', '/healthz', '/']) {
    const odd = [];
    for (const verb of verbs) {
      const reply = await attack.ask(`${verb} ${path} HTTP/1.1`, [`Cookie: sid=${visitor.sid}`]);
      if (reply && ![400, 405].includes(reply.status)) odd.push(`${verb.slice(0, 10)} ${reply.status}`);
    }
    attack.check(odd.length === 0, `O5: ${path} knows none of ${verbs.length} other methods`, odd.join());
  }
  const allow = (await visitor.go('DELETE', '/profile')).headers.allow;
  attack.check(allow === 'GET, HEAD, POST', 'O5: 405 says what is there instead', allow);
  attack.check(attack.isSignedIn(await visitor.get('/profile')), 'O5: and nobody was signed out by it');
}

async function lengths(attack) {
  const visitor = await attack.person(who);
  const cookie = `Cookie: sid=${visitor.sid}`, type = `Content-Type: ${form}`;
  const fields = `csrf=${visitor.csrf}&nickname=smuggled`;
  const wrong = {
    'longer than what comes': [[`Content-Length: ${fields.length + 50}`], fields, {cut: true}],
    negative: [['Content-Length: -1'], fields],
    huge: [['Content-Length: 99999999999999999999'], fields],
    'no number': [['Content-Length: 1e2'], fields],
    hexadecimal: [['Content-Length: 0x20'], fields],
    'with a plus': [['Content-Length: +60'], fields],
    twice: [['Content-Length: 5', `Content-Length: ${fields.length}`], fields],
    'and chunked': [
      [`Content-Length: ${fields.length}`, 'Transfer-Encoding: chunked'],
      `${fields.length.toString(16)}\r\n${fields}\r\n0\r\n\r\n`
    ],
    'chunked and something': [['Transfer-Encoding: chunked, gzip'], fields],
    'another coding': [['Transfer-Encoding: gzip'], fields],
    'broken chunks': [['Transfer-Encoding: chunked'], `zz\r\n${fields}\r\n0\r\n\r\n`],
    'half a chunk': [['Transfer-Encoding: chunked'], `ff\r\n${fields}`, {cut: true}],
    'shorter than what comes': [['Content-Length: 10'], fields],
    gzip: [['Content-Encoding: gzip', `Content-Length: ${fields.length}`], fields],
    deflate: [['Content-Encoding: deflate', `Content-Length: ${fields.length}`], fields],
    'a charset of its own': [[`Content-Type: ${form}; charset=utf-16`, `Content-Length: ${fields.length}`], fields],
    'UTF-16': [[`Content-Length: ${2 * fields.length}`], [...fields].map((letter) => `${letter}\0`).join('')],
  };
  await attack.unmoved(who, `O6: ${Object.keys(wrong).length} bodies that are not what they say change nothing`, async () => {
    for (const [name, [headers, body, options]] of Object.entries(wrong)) {
      const reply = await attack.ask(
        'POST /profile HTTP/1.1', [cookie, ...(headers.some((line) => /^Content-Type/.test(line)) ? [] : [type]), ...headers],
        body, options);
      if (reply && ![400, 403, 411, 413, 415, 501].includes(reply.status)) return `${name}: ${reply.status}`;
    }
    return '';
  });
  for (const kind of [form, 'multipart/form-data; boundary=x', 'application/json', 'text/plain', '']) {
    const reply =
      await attack.ask('POST /profile HTTP/1.1', [cookie, ...(kind ? [`Content-Type: ${kind}`] : []), 'Content-Length: 0']);
    attack.check(
      [400, 403, 415].includes(reply?.status), `O6: an empty ${kind || 'body'} is refused and harms nobody`, reply?.status);
  }
  const get = await attack.ask('GET /profile HTTP/1.1', [cookie, type, `Content-Length: ${fields.length}`], fields);
  attack.check(get?.status === 400, 'O6: reading takes no body', get?.status);
  const chunked = await attack.ask(
    'POST /profile HTTP/1.1', [cookie, type, 'Transfer-Encoding: chunked'],
    `5\r\n${fields.slice(0, 5)}\r\n${(fields.length - 5).toString(16)}\r\n${
      fields.slice(5).replace('smuggled', 'chunked1')}\r\n0\r\n\r\n`);
  attack.check(
    chunked?.status === 303 && attack.show(who).nickname === 'chunked1', 'O6: a body in chunks is one body', chunked?.status);
  const inside = `csrf=x HTTP/1.1\r\nHost: localhost\r\n\r\nGET /profile HTTP/1.1\r\nHost: localhost\r\n${cookie}\r\n\r\n`;
  const smuggled = await attack.ask(`POST /profile HTTP/1.1`, [type, `Content-Length: ${inside.length}`], inside);
  attack.check(
    smuggled?.status === 303 || smuggled?.status === 403 || smuggled?.status === 400, 'O6: a request inside a body is a body',
    smuggled?.status);
}

// nginx hangs up on a head that it will not read to its end, and the answer may be lost with it.
async function answered(ask, tries = 20) {
  try {
    return await ask();
  } catch (error) {
    if (tries === 1 || !['ECONNRESET', 'EPIPE'].includes(error.code)) throw error;
    return answered(ask, tries - 1);
  }
}

// The pages that nginx shows when it has to answer by itself: in our look, and with every header (each answer is looked at).
async function alone(attack) {
  const big = {headers: {'content-type': form}, body: 'x'.repeat(200000)};
  const visitor = attack.stranger();
  const long = 'a'.repeat(7000);
  const asked = [
    ['404', () => visitor.get('/static/nothing.css')], ['413', () => visitor.go('POST', '/login', big)],
    ['400', () => visitor.get('/login', {headers: {cookie: `a=${long}; b=${long}`}})],
    ['400', () => visitor.get('/login', {headers: Object.fromEntries(Array.from({length: 8}, (unused, i) => [`x-${i}`, long]))})],
    ['405', () => visitor.go('TRACE', '/login')], ['405', () => visitor.go('PUT', '/static/nothing.css')],
    ['404', () => visitor.get('/error/500.html')], ['404', () => visitor.get('/metrics')]
  ];
  for (const [status, ask] of asked) {
    const reply = await answered(ask);
    attack.check(
      String(reply.status) === status && /<h1>/.test(reply.body) && /<main/.test(reply.body), `F6: ${status} has our page`,
      `${reply.status} ${reply.body.slice(0, 200)}`);
  }
  for (const path of ['/profile%2', `/${'a'.repeat(9000)}`, '/%00', '/../..']) {
    const reply = await attack.ask(`GET ${path} HTTP/1.1`);
    attack.check(
      reply === null || reply.status === 400, `a request line that is none (${path.slice(0, 12)}) gets no page`, reply?.status);
  }
  const socket = join(attack.demo.run, 'latchkey.sock');
  renameSync(socket, `${socket}.away`);
  const gone = await visitor.get('/profile');
  renameSync(`${socket}.away`, socket);
  attack.check(
    gone.status === 502 && /<h1>/.test(gone.body) && Number(gone.headers['retry-after']) > 0,
    'F6 F14: without the program nginx has a page, and says when to come again', gone.status);
  attack.check((await visitor.get('/healthz')).status === 200, 'and all is well when it is back');
}

// Another program holds the store's lock for longer than anybody waits.
async function heldStore(attack) {
  const visitor = await attack.person(who);
  const holder = spawn('sqlite3', ['-bail', '-cmd', '.timeout 30000', join(attack.demo.run, 'latchkey.db')], {stdio: ['pipe', 'pipe', 'inherit']});
  let said = '';
  holder.stdout.on('data', (part) => {
    said += part;
  });
  holder.stdin.write("BEGIN IMMEDIATE;\nSELECT 'held';\n");
  await until(() => said.includes('held'), 'the store is held');
  const page = await visitor.get('/profile');
  attack.check(page.status === 200, 'S5: whoever reads does not notice', page.status);
  await attack.unmoved(who, 'S5 F14: whoever writes is told to come again, and nothing is written', async () => {
    const reply = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'too late'});
    return reply.status === 503 ? '' : `${reply.status}`;
  });
  const login = await new Visitor(attack.demo).signIn(who, attack.accounts[who]);
  attack.check(
    login.status === 503 && !login.headers['set-cookie']?.some((line) => /^sid=/.test(line)),
    'S5: a sign-in that cannot be counted is not let in', login.status);
  holder.stdin.end('ROLLBACK;\n');
  await new Promise((done) => holder.on('exit', done));
  const after = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'in time'});
  attack.check(after.status === 303 && attack.show(who).nickname === 'in time', 'S5: afterwards it goes on', after.status);
}

function settings(attack) {
  const conf = readFileSync(join(attack.demo.run, 'nginx.conf'), 'utf8');
  const seconds = (name) => Number(conf.match(new RegExp(`^\\s*${name}\\s+(\\d+)s;`, 'm'))?.[1] ?? Infinity);
  for (const name
         of ['client_header_timeout', 'client_body_timeout', 'send_timeout', 'fastcgi_send_timeout', 'fastcgi_connect_timeout'])
    attack.check(seconds(name) <= 10, `S24: slow visitors: ${name}`, seconds(name));
  for (const line of
         ['fastcgi_request_buffering on;', 'fastcgi_next_upstream off;', 'underscores_in_headers off;', 'server_tokens off;',
          'fastcgi_param HTTP_PROXY     "";', 'gzip off;'])
    attack.check(conf.includes(line), `nginx: ${line}`);
  const mode = statSync(join(attack.demo.run, 'latchkey.sock')).mode & 0o777;
  attack.check(mode === 0o660, 'O1: the socket is open to its group and nobody else', mode.toString(8));
}

// What the kernel says of a process; nothing of one that has just ended.
function said(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch { return ''; }
}

// The supervisor and all that it has started: the six workers at least, with whoever stands in for one that was just replaced.
async function processes(attack) {
  const supervisor = readFileSync(join(attack.demo.run, 'latchkey.pid'), 'utf8').trim();
  const all = await until(() => {
    const pids = [supervisor, ...said(supervisor, `task/${supervisor}/children`).trim().split(' ').filter(Boolean)];
    const alive = pids.map((pid) => ({pid, status: said(pid, 'status'), limits: said(pid, 'limits')})).filter((one) => one.status && one.limits);
    return alive.length > 7 && alive;
  }, 'all processes are there');
  const soft = all.filter(({status, limits}) => !/^NoNewPrivs:\t1$/m.test(status) || !/^Max core file size +0 +0 /m.test(limits));
  attack.check(
    soft.length === 0, `O18: none of ${all.length} processes can gain rights or leave a core file`, soft.map(({pid}) => pid).join());
}

export async function transport(attack) {
  await claims(attack);
  await methods(attack);
  await lengths(attack);
  await alone(attack);
  await heldStore(attack);
  settings(attack);
  await processes(attack);
}
