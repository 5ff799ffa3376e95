// D8, D13, F7: hostile texts, typed by people or brought in by the operator's file, in every place where they are shown.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {top, unescape} from '../support/demo.mjs';
import {encode, skeleton} from './abuse_support.mjs';

const payloads = [
  '"><svg onload=alert(1)>',
  '<script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '</textarea><img src=x onerror=alert(1)>',
  "'\"><img src=x onerror=alert(1)>",
  '<iframe src=javascript:alert(1)>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '{{TITLE}}',
  '{{#SIGNED_IN}}{{/SIGNED_IN}}',
  '{{%AUTOESCAPE context="JAVASCRIPT"}}',
  '{{{x}}}',
  '{{x:none}}',
  '${7*7}',
  '#{7*7}',
  '<%= 7*7 %>',
  '%n%n%n%s%s%s',
  '%AUTOESCAPE',
  '{0}{FIELDS}{LIMIT}',
  '{ADDRESS}',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;',
  '&quot;&gt;&lt;b&gt;',
  '<!-- -->',
  '--><script>alert(1)</script>',
  ']]><script>',
  '<style>*{display:none}</style>',
  '</style></script>',
  '<base href=//evil.example>',
  '<meta http-equiv=refresh content=0>',
  '<form action=//evil.example><button>',
  '<a href="javascript:alert(1)">x</a>',
  '\\x3cscript\\x3e',
  '\\u003cscript\\u003e',
  '<math><mtext><mglyph><style><img src onerror=alert(1)>',
  '<svg/onload=alert`1`//',
  "`-alert(1)-'",
  '=cmd|calc',
  'Bank – https://evil.example',
  '<plaintext>',
  '<x contenteditable onblur=alert(1)>',
  '＜script＞',
];

// What the operator's file says, once with a harmless text in all places and once with the payload: the markup is the same.
async function brought(attack) {
  const demo = JSON.parse(readFileSync(join(top, 'app/demo/demo.json'), 'utf8'));
  const [customers] = demo.connections, [acme] = demo.organizations, who = 'ben@acme.example';
  const file = (text) => ({
    fields: [
      {
        name: 'user_metadata.evil',
        type: 'choice',
        section: 'more',
        owner: 'edit',
        label: {en: text},
        help: {en: text},
        choices: [{value: 'a', label: {en: text}}, 'b']
      },
      {name: 'user_metadata.kept', type: 'text', section: 'more', owner: 'edit', label: {en: text}, help: {en: text}}
    ],
    connections: [{
      ...customers,
      display_name: text,
      fields: {'user_metadata.kept': {owner: 'read', reason: {en: text}}, gender: {owner: 'read'}}
    }],
    organizations: [{
      ...acme,
      display_name: text,
      fields: {website: {owner: 'read'}, 'user_metadata.about': {owner: 'read', reason: {en: text}}}
    }],
  });
  const visitor = await attack.person(who, {'accept-language': 'en'});
  const views = async () => {
    const pages = [await visitor.get('/profile'), await visitor.get('/logout'), await visitor.get('/nothing')];
    pages.push(await visitor.post('/profile', {
      csrf: visitor.csrf,
      gender: 'x',
      website: 'https://x.example',
      'user_metadata.kept': 'x',
      'user_metadata.about': 'x',
      'user_metadata.evil': 'c'
    }));
    return pages;
  };
  attack.apply(file('harmless'));
  const calm = (await views()).map(({body}) => skeleton(body));
  const moved = [];
  let shown = 0;
  for (const payload of payloads) {
    attack.apply(file(payload));
    const pages = await views();
    pages.forEach(({status, body}, i) => {
      if (skeleton(body) !== calm[i] || status >= 500) moved.push(`${payload} in view ${i} (${status})`);
    });
    shown += unescape(pages[0].body).split(payload).length > 5 ? 1 : 0;
  }
  attack.check(
    moved.length === 0,
    `F7: ${payloads.length} names, labels, choices and reasons of the operator change no markup of four views`, moved.join('\n'));
  attack.check(shown === payloads.length, 'F7 D13: and each is shown as it was written', `${shown} of ${payloads.length}`);
  attack.apply({connections: [customers], organizations: [acme]});
}

async function typed(attack) {
  const who = 'ada@example.com';
  const visitor = await attack.person(who, {'accept-language': 'en'});
  const texts =
    ['name', 'nickname', 'middle_name', 'gender', 'address.street_address', 'user_metadata.about', 'address.locality'];
  const fill = async (text) => {
    const reply =
      await visitor.post('/profile', {csrf: visitor.csrf, ...Object.fromEntries(texts.map((field) => [field, text]))});
    return reply.status === 303 ? [await visitor.get('/profile'), await visitor.get('/nothing')] : [reply];
  };
  const calm = (await fill('harmless')).map(({body}) => skeleton(body));
  const moved = [];
  let kept = 0;
  for (const payload of payloads) {
    const pages = await fill(payload);
    const stored = attack.show(who);
    if (pages.length !== 2) {
      moved.push(`${payload}: refused ${pages[0].status}`);
      continue;
    }
    pages.forEach(({body}, i) => {
      if (skeleton(body) !== calm[i]) moved.push(`${payload} in view ${i}`);
    });
    if (
      stored.nickname === payload && stored.user_metadata.about === payload &&
      unescape(pages[0].body).split(payload).length > texts.length)
      kept += 1;
    else moved.push(`${payload} became ${stored.nickname}`);
  }
  attack.check(
    moved.length === 0 && kept === payloads.length,
    `F7 D13: ${payloads.length} texts in ${texts.length} fields are kept and shown letter by letter`, moved.join('\n'));
  await visitor.post('/profile', {csrf: visitor.csrf, name: 'Ada Whitfield', nickname: 'Ada'});
  const differing = [];
  const door = skeleton((await attack.stranger().get('/login?connection=harmless&next=%2Fharmless')).body);
  for (const payload of payloads) {
    const page = await attack.stranger().get(`/login?connection=${encode(payload)}&next=${encode(`/${payload}`)}`);
    if (page.status === 200 && skeleton(page.body).replaceAll(/\n.*next.*/g, '') !== door.replaceAll(/\n.*next.*/g, ''))
      differing.push(`connection ${payload}`);
    const agent = await visitor.get(
      '/profile', {headers: {'user-agent': Buffer.from(payload).toString('latin1'), referer: 'https://evil.example/'}});
    if (agent.status !== 200) differing.push(`user agent ${payload}: ${agent.status}`);
    for (const path of [`/${encode(payload)}`, `/profile?saved=${encode(payload)}`]) {
      const reply = await visitor.get(path);
      if (![200, 400, 404].includes(reply.status) || (/[<"]/.test(payload) && reply.body.includes(payload)))
        differing.push(`${path} ${reply.status}`);
    }
  }
  attack.check(differing.length === 0, 'F7: in addresses and headers they are inert', differing.join('\n'));
}

// Bytes that are no text: refused before anything is done with them, or by the field.
async function bytes(attack) {
  const who = 'ada@example.com';
  const visitor = await attack.person(who);
  const headers = {'content-type': 'application/x-www-form-urlencoded', cookie: `sid=${visitor.sid}`};
  const wrong = {
    NUL: '%00',
    'a lone byte': '%FF',
    'an overlong slash': '%C0%AF',
    'a surrogate': '%ED%A0%80',
    'half a letter': '%C3',
    'beyond Unicode': '%F4%90%80%80',
    'U+FFFE': '%EF%BF%BE',
    ESC: '%1B%5B31m',
    CR: 'a%0Db',
    LF: 'a%0Ab',
    TAB: 'a%09b',
    DEL: '%7F',
    C1: '%C2%9B',
    'right-to-left override': '%E2%80%AEevil',
    'left-to-right isolate': '%E2%81%A6x',
    'line separator': 'a%E2%80%A8b',
    'no letter': '%EF%BF%BF',
    '10 000 combining marks': 'a' +
      '%CC%81'.repeat(10000),
    'half an escape': '%4',
    'no escape': '%zz',
    'an old escape': '%u0041'
  };
  for (const field of ['nickname', 'user_metadata.about'])
    await attack.unmoved(who, `D8 O7: ${field} takes none of ${Object.keys(wrong).length} texts that are none`, async () => {
      for (const [name, text] of Object.entries(wrong)) {
        if (field !== 'nickname' && (name === 'LF' || name === 'TAB')) continue;
        const reply = await attack.demo.request('POST', '/profile', {headers, body: `csrf=${visitor.csrf}&${field}=${text}`});
        if (![400, 413, 422].includes(reply.status)) return `${name}: ${reply.status}`;
      }
      return '';
    });
  const fine =
    {emoji: '👩‍👩‍👧', arabic: 'ليلى', 'a joiner': 'क्‍ष', accents: 'Zoë Ångström', plus: 'a+b & c;d=e'};
  for (const [name, text] of Object.entries(fine)) {
    const reply = await visitor.post('/profile', {csrf: visitor.csrf, nickname: text});
    attack.check(
      reply.status === 303 && attack.show(who).nickname === text.normalize('NFC') &&
        unescape((await visitor.get('/profile')).body).includes(text.normalize('NFC')),
      `D8: ${name} is kept as typed`, reply.status);
  }
  const lines = await visitor.post('/profile', {csrf: visitor.csrf, 'user_metadata.about': 'one\r\ntwo\nthree'});
  attack.check(
    lines.status === 303 && attack.show(who).user_metadata.about === 'one\ntwo\nthree', 'D8: a text of several lines keeps them',
    lines.status);
}

export async function text(attack) {
  await brought(attack);
  await typed(attack);
  await bytes(attack);
}
