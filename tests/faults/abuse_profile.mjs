// Group D: whose field is it. Over-posting in every spelling, rules that change while a form is open, values of every kind.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {top} from '../support/demo.mjs';
import {encode} from './abuse_support.mjs';

const form = {
  'content-type': 'application/x-www-form-urlencoded'
};

const internals = [
  'is_admin',
  'role',
  'roles',
  'org_id',
  'organization',
  'organizations',
  'security_epoch',
  'epoch',
  'connection',
  'connection_id',
  'id',
  'sources',
  'deletion_at',
  'identities',
  'password',
  'password_hash',
  'custom_password_hash',
  'password_again',
  'current_password',
  'verified_at',
  'phone_verified_at',
  'metadata.app.plan',
  'app_metadata[plan]',
  'app_metadata.unheard_of',
  'user_metadata.unheard_of',
  '__proto__',
  '__proto__.blocked',
  'constructor',
  'constructor.prototype',
  '_method',
  'profile.email',
  'profile_json',
  'account_id',
  'email.isVerified',
  'emailVerified',
  'email_verified.',
  'picture.url',
  'address',
  'address.unheard_of',
  'address[country]',
  'home',
  'invited'
];

const spellings = (name) =>
  [name, `${name}[]`, `${name}[0]`, `${name}[x]`, `${name}.x`, `${name}.`, `.${name}`, `profile.${name}`, `profile[${name}]`,
   `user.${name}`, ` ${name}`, `${name} `, `user_metadata.${name}`, `user_metadata[${name}]`, `app_metadata.${name}`,
   name.toUpperCase(), name[0].toUpperCase() + name.slice(1), name.replace('_', '-'),
   name.replace(/_(.)/g, (all, letter) => letter.toUpperCase()),
   name.replace(/[aeo]/, (letter) => ({a: 'а', e: 'е', o: 'о'})[letter])];

const taken = new Set();
const value = (name) => ({
                          blocked: 'false',
                          email_verified: 'true',
                          phone_verified: 'true',
                          logins_count: '0',
                          user_metadata: '{"rating":1}',
                          app_metadata: '{"plan":"partner"}'
                        })[name] ??
  (name.includes('plan') ? 'partner' : 'pwned');

// Each field that is not the owner's, under each name that could mean it, and twice; beside it
// an honest one, so that a half write shows.
async function overposting(attack, who) {
  const levels = JSON.parse(attack.latchkey(['explain', '--json', who])).fields;
  const closed = levels.filter(({owner}) => ['none', 'read'].includes(owner.level)).map(({field}) => field);
  const open = new Set(levels.filter(({owner}) => !['none', 'read'].includes(owner.level)).map(({field}) => field));
  const visitor = await attack.person(who);
  const headers = {...form, cookie: `sid=${visitor.sid}`};
  let sent = 0;
  await attack.unmoved(
    who, `D1 D2: ${who}: ${closed.length} closed fields and ${internals.length} made-up ones in every spelling`, async () => {
      for (const name of [...closed, ...internals])
        for (const spelling of spellings(name)) {
          if (open.has(spelling)) continue;
          const pair = `nickname=pwned&${encode(spelling)}=${encode(value(name))}`;
          for (const body of spelling === name ? [pair, `${pair}&${encode(spelling)}=2`] : [pair]) {
            const reply = await attack.demo.request('POST', '/profile', {headers, body: `csrf=${visitor.csrf}&${body}`});
            sent += 1;
            if (![403, 422].includes(reply.status)) return `${spelling}: ${reply.status}`;
          }
        }
      return '';
    });
  console.log(`# ${sent} forms`);
  for (const name of closed) {
    const level = levels.find(({field}) => field === name).owner;
    const reply = await attack.demo.request(
      'POST', '/profile', {headers, body: `csrf=${visitor.csrf}&${encode(name)}=${encode(value(name))}`});
    const wanted = level.level === 'none' ? 422 : 403;
    if (reply.status !== wanted) attack.check(false, `D1: ${who}: ${name} is ${level.level}, so ${wanted}`, reply.status);
  }
  const ghost = (name) => attack.demo.request('POST', '/profile', {headers, body: `csrf=${visitor.csrf}&${name}=1`});
  const strip = (reply, name) =>
    reply.body.replaceAll(name, 'NAME').replaceAll('no_such_field', 'NAME').replace(/value="[^"]*"/g, '');
  for (const name of closed.filter(
         (field) => levels.find((level) => level.field === field).owner.level === 'none' && !taken.has(field))) {
    taken.add(name);
    const [real, made] = [await ghost(name), await ghost('no_such_field')];
    attack.check(
      real.status === 422 && strip(real, name) === strip(made, name),
      `D2: ${name}, which ${who} may not see, answers like a field that does not exist`, real.status);
  }
}

async function ruleChanges(attack) {
  const who = 'ada@example.com';
  const demo = JSON.parse(readFileSync(join(top, 'app/demo/demo.json'), 'utf8'));
  const customers = demo.connections.find(({name}) => name === 'customers');
  const visitor = await attack.person(who);
  attack.apply({
    connections:
      [{...customers, fields: {nickname: {owner: 'read', reason: {en: 'Nicknames are closed today'}}, gender: {owner: 'none'}}}]
  });
  const before = attack.audits('profile.save', 'refused');
  await attack.unmoved(who, 'D4: a field that was locked while the form was open stays as it is', async () => {
    const reply = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'late', website: 'https://late.example'});
    return reply.status === 403 && reply.body.includes('Nicknames are closed today') ? '' : `${reply.status}`;
  });
  await attack.unmoved(who, 'D4: likewise one that was hidden', async () => {
    const reply = await visitor.post('/profile', {csrf: visitor.csrf, gender: 'late'});
    return reply.status === 422 ? '' : `${reply.status}`;
  });
  const row = attack.sql(
    "SELECT fields FROM audit WHERE action = 'profile.save' AND outcome = 'refused' ORDER BY id DESC LIMIT 1 OFFSET 1");
  attack.check(
    attack.audits('profile.save', 'refused') === before + 2 &&
      row === '[{"field":"nickname","level":"read","rule":"connection customers"}]',
    'D4: both are written down with the rule that refused them', row);
  attack.apply({connections: [customers]});
  const reply = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'open again'});
  attack.check(reply.status === 303, 'D4: opened again, it is saved at once', reply.status);
}

async function elsewhere(attack) {
  const who = 'ada@example.com';
  const visitor = await attack.person(who);
  for (const [fields, status] of [
         [{email: 'evil@example.com'}, 403], [{phone_number: '+4915112345678'}, 403], [{password: 'x', password_again: 'x'}, 422],
         [{email: 'evil@example.com', current_password: attack.accounts[who]}, 403],
         [{email: 'evil@example.com', email_verified: 'true', code: '000000'}, 403]])
    await attack.unmoved(who, `D14: ${Object.keys(fields).join(', ')} are not this form's to change`, async () => {
      const reply = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'x', ...fields});
      return reply.status === status ? '' : `${reply.status}`;
    });
}

async function kinds(attack) {
  const who = 'ada@example.com';
  const visitor = await attack.person(who);
  const numbers = [
    'true', '{}', '[]', '1e400', '-0', 'NaN', 'Infinity', '0x10', '1.5', '٣', '9007199254740993', '18446744073709551616', '-1',
    '0', '21', '1 2', '--1', '1,000', '9'.repeat(400)
  ];
  const wrong = {
    'user_metadata.household': numbers,
    'user_metadata.newsletter': ['yes', '1', 'TRUE', 'on', '{}', '[true]', 'null', 'truefalse'],
    birthdate: ['0000-00-00', '2026-02-30', '1-1-1', '99999-01-01', '01/02/2003', 'tomorrow', '2026-01-01T00:00', '+2026-01-01'],
    'user_metadata.first_visit': ['1989-12-31', '2031-01-01', '2026-13-01'],
    'user_metadata.shirt_size': ['xs', 'XXXL', '["S"]', 'S,M', 'S\nM'],
    'user_metadata.contact_by': ['', 'pigeon', '{"value":"email"}'],
    'user_metadata.card_number': ['ab-123456', 'AB-1234567', 'AB-123456\nx', 'AB-１２３４５６'],
    locale: ['../../x', 'xx-<script>', 'en/../../etc', 'en_US.UTF-8', '%s', 'x'.repeat(500)],
    zoneinfo: ['../../etc/passwd', 'Europe/../Berlin', '/etc/localtime', 'Mars/Olympus', 'x'.repeat(500)],
    website: [
      'javascript:alert(1)', 'data:text/html,x', 'http:///x', 'https://a b', 'ftp://x.example', '//evil.example',
      'https://user:pw@x.example', `https://x.example/${'a'.repeat(3000)}`
    ],
    picture: ['javascript:alert(1)', 'http://x.example/a.png', 'data:image/svg+xml,<svg onload=alert(1)>', 'file:///etc/passwd'],
    username: ['a@b', 'ben@acme.example', 'a'.repeat(16), 'a b', 'ädä', 'ro\not', 'a/../b', '+442079460018'],
  };
  for (const [field, values] of Object.entries(wrong))
    await attack.unmoved(who, `D7 D11: ${field} takes none of ${values.length} wrong values`, async () => {
      for (const each of values) {
        const reply = await visitor.post('/profile', {csrf: visitor.csrf, nickname: 'pwned', [field]: each});
        if (![400, 422].includes(reply.status)) return `${JSON.stringify(each)}: ${reply.status}`;
      }
      return '';
    });
}

async function amounts(attack) {
  const who = 'ada@example.com';
  const visitor = await attack.person(who);
  const headers = {...form, cookie: `sid=${visitor.sid}`};
  const many = (count, make) => Array.from({length: count}, (unused, i) => make(i)).join('&');
  const bodies = {
    '101 fields': many(101, (i) => `a${i}=1`),
    '5000 fields': many(5000, (i) => `a${i}=1`),
    'a list of 99': many(99, (i) => `user_metadata.interests=chess${i}`),
    'a list of 1000': many(1000, () => 'user_metadata.interests=chess'),
    'all choices and one more':
      ['hiking', 'music', 'cooking', 'chess', 'reading'].map((each) => `user_metadata.interests=${each}`).join('&'),
    '64 kB in one value': `nickname=${'x'.repeat(65000)}`,
    'a megabyte': `nickname=${'x'.repeat(1 << 20)}`,
    'a name of 200 letters': `${'n'.repeat(200)}=1`,
    '90 unheard-of names': many(90, (i) => `user_metadata.key${i}=1`),
    'deep names': `user_metadata${'.a'.repeat(40)}=1`
  };
  for (const [name, body] of Object.entries(bodies))
    await attack.unmoved(who, `D10 O7: ${name} is refused`, async () => {
      const reply = await attack.demo.request('POST', '/profile', {headers, body: `csrf=${visitor.csrf}&${body}`});
      return [400, 413, 422].includes(reply.status) ? '' : `${reply.status}`;
    });
  let worst = '';
  for (let i = 0; i < 150; i += 1) {
    const reply = await attack.stranger({'accept-language': `x${i}-${'a'.repeat(i)},de;q=0.${i}`}).get(`/login?lang=${encode([
      '../../x', 'xx-<script>', `q${i}`, 'de/../en', 'EN\n'
    ][i % 5])}`);
    if (
      reply.status !== 200 || [reply.headers['set-cookie'] ?? []].flat().some((line) => /^lang/.test(line)) ||
      reply.body.includes('<script>'))
      worst = `${i}: ${reply.status}`;
  }
  attack.check(worst === '', 'D11: languages that do not exist are left alone and never kept', worst);
}

export async function profile(attack) {
  for (const who of Object.keys(attack.accounts)) await overposting(attack, who);
  await ruleChanges(attack);
  await elsewhere(attack);
  await kinds(attack);
  await amounts(attack);
}
