// Who sees what: each of the demo's people, in their own language, finds the fields open, locked and hidden as the demo promises,
// and the page says what `latchkey explain` says.

const northwind = 'Das führt das Verzeichnis von Northwind. Fragen Sie help@acme.example.';
const names = ['name', 'given_name', 'middle_name', 'family_name', 'nickname'];
const address = ['street_address', 'postal_code', 'locality', 'region', 'country'].map((part) => `address.${part}`);
const own = ['contact_by', 'shirt_size', 'interests', 'newsletter', 'about', 'spoken_language', 'first_visit'].map((part) => `user_metadata.${part}`);
const never = ['user_metadata', 'app_metadata', 'app_metadata.plan', 'blocked'];
const once = {
  en: ['You can fill this in once. After that it stays.', 'This could be filled in once, and it was.'],
  de: ['Sie können dies einmal ausfüllen. Danach bleibt es so.'],
  ar: ['يمكنك ملء هذا مرة واحدة. بعد ذلك يبقى كما هو.', 'كان يمكن ملء هذا مرة واحدة، وقد تم ذلك.'],
};

const people = {
  'ada@example.com': {
    language: 'en', title: 'Your profile', unchanged: 'Nothing to save: nothing was different.',
    open: [...names, ...address, ...own, 'birthdate', 'gender', 'profile', 'website', 'locale', 'zoneinfo', 'username', 'user_metadata.household'],
    once: { 'user_metadata.card_number': once.en[0] },
    locked: {
      email: 'Changes only after you prove that the new address is yours.',
      phone_number: 'Changes only after you prove that the new number is yours.',
      picture: 'It is shown beside your name.',
      'app_metadata.customer_since': 'Kept by the service.', user_id: 'Kept by the service.', logins_count: 'Kept by the service.',
    },
    hidden: never,
  },
  'ben@acme.example': {
    language: 'en', title: 'Your profile', unchanged: 'Nothing to save: nothing was different.',
    open: [...names, ...address, ...own, 'username', 'birthdate'], once: {},
    locked: {
      email: 'You joined Acme Ltd by invitation, so this address stays as it is. Ask help@acme.example.',
      'user_metadata.card_number': `${once.en[1]} Ask help@acme.example.`,
      'app_metadata.customer_since': 'Kept by the service. Ask help@acme.example.',
    },
    hidden: never,
  },
  'clara@northwind.example': {
    language: 'de', title: 'Ihr Profil', unchanged: 'Nichts zu speichern: Es war nichts anders.',
    open: ['nickname', 'locale', 'zoneinfo', ...own, 'user_metadata.household'],
    once: { 'user_metadata.card_number': once.de[0] },
    locked: {
      name: northwind, given_name: northwind, middle_name: northwind, family_name: northwind, birthdate: northwind, website: northwind,
      'address.street_address': northwind, 'address.country': northwind, phone_number: northwind,
      picture: 'Es wird neben Ihrem Namen gezeigt.',
      email: 'Ihre Adresse führt das Verzeichnis von Northwind. Fragen Sie help@acme.example.',
      'app_metadata.customer_since': 'Wird vom Dienst geführt. Fragen Sie help@acme.example.',
    },
    hidden: [...never, 'username'],
  },
  'dario@mail.example': {
    language: 'en', title: 'Your profile', unchanged: 'Nothing to save: nothing was different.',
    open: ['given_name', 'family_name', 'nickname', 'profile', 'username', ...address, ...own],
    once: { 'user_metadata.card_number': once.en[0] },
    locked: {
      name: 'Village Square tells us your name; change it there.',
      email: 'Village Square tells us your address; change it there.',
      picture: 'Village Square sends us your picture; change it there.',
    },
    hidden: never,
  },
  'leyla@acme.example': {
    language: 'ar', title: 'ملفك الشخصي', unchanged: 'لا شيء للحفظ: لم يختلف شيء.',
    open: ['name', 'given_name', 'nickname', 'username', ...address, ...own],
    once: { birthdate: once.ar[0] },
    locked: {
      email: 'انضممت إلى Acme Ltd بدعوة، لذا يبقى هذا العنوان كما هو. اسأل help@acme.example.',
      phone_number: 'تتصل دار النور بأعضائها على هذا الرقم. اسأل musaada@dar-alnoor.example.',
      family_name: 'إنه مطبوع على بطاقة القارئ الخاصة بك. اسأل musaada@dar-alnoor.example.',
      'user_metadata.card_number': `${once.ar[1]} اسأل help@acme.example.`,
    },
    hidden: [...never, 'user_metadata.household'],
  },
  'greta@acme.example': {
    language: 'de', title: 'Ihr Profil', unchanged: 'Nichts zu speichern: Es war nichts anders.',
    open: [...names, ...address, ...own, 'username', 'birthdate', 'user_metadata.household'],
    once: { 'user_metadata.card_number': once.de[0] },
    locked: {
      email: 'Ändert sich erst, wenn Sie nachweisen, dass die neue Adresse Ihnen gehört.',
      'app_metadata.customer_since': 'Wird vom Dienst geführt. Fragen Sie help@acme.example.',
    },
    hidden: never,
  },
};

const locales = { en: 'en-GB', de: 'de-DE', ar: 'ar-JO' };

// What the page says about each field: how it stands, why, and whether that reason is tied to it for those who hear the page.
function read(page, fields) {
  return page.evaluate((wanted) => Object.fromEntries(wanted.map((name) => {
    const text = (id) => document.getElementById(id)?.textContent.trim().replace(/\s+/g, ' ') ?? '';
    const control = document.querySelector(`form.profile [name="${name}"]:not([type=hidden])`);
    const row = document.getElementById(`f-${name}`);
    if (control) {
      const tied = (control.closest('fieldset') ?? control).getAttribute('aria-describedby')?.split(' ') ?? [];
      return [name, { level: tied.includes(`f-${name}-once`) ? 'once' : 'edit', reason: text(`f-${name}-once`) }];
    }
    if (!row) return [name, { level: 'none', reason: '' }];
    if (row.classList.contains('mark')) return [name, { level: 'read', mark: row.textContent }];
    const locks = row.querySelectorAll('img[alt]:not([alt=""])').length;
    const way = row.querySelector('a')?.getAttribute('href');
    return [name, { level: 'read', reason: text(row.getAttribute('aria-describedby')), label: text(row.getAttribute('aria-labelledby')), locks, way }];
  })), fields);
}

async function keepsPromise(kit, page, promise) {
  const found = await read(page, [...promise.open, ...Object.keys(promise.once), ...Object.keys(promise.locked), ...promise.hidden]);
  const wrong = [];
  const expect = (name, level, reason) => {
    const got = found[name];
    if (got.level !== level || (reason !== undefined && got.reason !== reason)) wrong.push(`${name}: ${JSON.stringify(got)}, wanted ${level} ${reason}`);
  };
  for (const name of promise.open) expect(name, 'edit', '');
  for (const [name, reason] of Object.entries(promise.once)) expect(name, 'once', reason);
  for (const [name, reason] of Object.entries(promise.locked)) expect(name, 'read', reason);
  for (const name of promise.hidden) expect(name, 'none');
  kit.equal(wrong.join('\n'), '', 'fields that are not as promised');
  const source = await page.content();
  for (const name of promise.hidden) {
    kit.ok(!source.includes(`name="${name}"`) && !source.includes(`f-${name}"`) && !source.includes(`f-${name}-`), `${name} is hidden but stands in the page`);
  }
}

// The answer of `latchkey explain` and of the page, field by field.
async function agrees(kit, page, who, language) {
  const said = JSON.parse((await kit.demo.latchkey('explain', who, '--json', '--lang', language)).stdout);
  const found = await read(page, said.fields.map((one) => one.field));
  const wrong = said.fields.filter(({ field, owner }) => {
    const got = found[field];
    if (owner.level === 'none') return got.level !== 'none';
    // Whether an address was confirmed is a mark beside it, and there is none where there is no address.
    if (/^(email|phone)_verified$/.test(field)) return got.level !== 'none' && !got.mark;
    // Beside a lock an organization's member may ask for a change.
    const asking = '/profile/requests?field=';
    // What changes through a proof is no lock: it leads to the page for that.
    const way = { email: '/email', phone_number: '/phone' }[field];
    if (owner.rule === 'proof') return got.level !== 'read' || got.reason !== owner.reason || got.locks > 0 || got.way !== way;
    // A picture is a file, and has a page for it.
    if (field === 'picture' && owner.level !== 'read') return got.level !== 'read' || got.locks > 0 || got.way !== '/profile/picture';
    return got.level !== owner.level || got.reason !== owner.reason || (got.level === 'read' && !(got.label && got.locks > 0 && (got.way ?? asking).startsWith(asking)));
  });
  kit.ok(said.fields.length > 35, `only ${said.fields.length} fields explained`);
  kit.equal(wrong.map((one) => `${one.field}: explain ${JSON.stringify(one.owner)}, page ${JSON.stringify(found[one.field])}`).join('\n'), '', 'differences');
}

async function confirmations(kit, page) {
  const marks = await page.locator('.mark').allTextContents();
  kit.equal((await page.locator('#f-email .mark').allTextContents()).length, 1, 'marks beside the e-mail address');
  const phone = await page.locator('#f-phone_number .value').first().evaluate((one) => !one.classList.contains('empty'));
  kit.equal(marks.length, phone ? 2 : 1, 'marks on the page');
}

export default async function suite(kit) {
  for (const [who, promise] of Object.entries(people)) {
    const { context, page } = await kit.visitor({ locale: locales[promise.language] });
    const name = who.split('@')[0];
    await kit.test(`${name} signs in, in ${promise.language}`, async () => {
      await kit.signIn(page, who);
      kit.equal(new URL(page.url()).pathname, '/profile', 'where it leads');
      kit.equal((await page.locator('h1').allTextContents()).join('|'), promise.title, 'the one heading');
      kit.equal(await page.getAttribute('html', 'lang'), promise.language, 'language');
      kit.equal(await page.getAttribute('html', 'dir'), promise.language === 'ar' ? 'rtl' : 'ltr', 'direction');
      await kit.shot(page, `people-${name}`);
    });
    await kit.test(`${name}: open, write-once, locked and hidden fields are as promised`, () => keepsPromise(kit, page, promise));
    await kit.test(`${name}: the page says what explain says, for every field`, () => agrees(kit, page, who, promise.language));
    await kit.test(`${name}: a confirmed address says so beside it`, () => confirmations(kit, page));
    await kit.test(`${name}: a form that nobody touched changes nothing`, async () => {
      await kit.press(page, 'form.profile button[type=submit]');
      kit.equal(await page.locator('[role=status]').textContent(), promise.unchanged, 'what is said');
      kit.equal(await page.locator('.saved').count(), 0, 'fields marked as saved');
      kit.equal(await page.locator('[role=alert]').count(), 0, 'errors');
    });
    await kit.test(`${name}: the browser had nothing to complain of`, () => kit.quiet(page));
    await context.close();
  }
}
