// Saving: every kind of field there and back, confirmation, refusals that lose nothing, two tabs.

const save = 'form.profile button[type=submit]';
const field = (name) => `form.profile [name="${name}"]:not([type=hidden])`;
const custom = (name) => field(`user_metadata.${name}`);
const chosen = (page, name) => page.locator(`[name="${name}"]:checked`).evaluateAll((all) => all.map((one) => one.value).join(' '));
const focusOn = (page, role) => page.waitForFunction((wanted) => document.activeElement?.getAttribute('role') === wanted, role);

// The label of a field without its remarks.
const labels = (page, selector) => page.locator(selector).evaluateAll((all) => all
  .map((one) => (one.closest('.field').querySelector('label, legend')).firstChild.textContent.trim()).join(', '));

async function everyKind(kit, page) {
  await page.fill(custom('about'), 'One line.\n\n  Another, indented.');
  await page.fill(custom('first_visit'), '2020-02-29');
  await page.fill(custom('household'), '3');
  await page.selectOption(custom('shirt_size'), 'XL');
  await page.selectOption(custom('spoken_language'), 'ar');
  await page.uncheck(`${custom('interests')}[value=chess]`);
  await page.check(`${custom('interests')}[value=reading]`);
  await page.check(`${custom('newsletter')}[value="false"]`);
  kit.equal(await kit.press(page, save), 200, 'the page after it');
  kit.equal(await page.locator('[role=status]').textContent(), 'Your changes are saved.', 'the confirmation');
  await focusOn(page, 'status');
  kit.equal(await labels(page, '.saved'),
    'A few words about you, Second language, Shirt size, Interests, Monthly newsletter, People in your household, Your first visit', 'marked fields');
  await page.goto('/profile');
  kit.equal(await page.locator('.saved, [role=status]').count(), 0, 'what was saved is said once');
  kit.equal(await page.inputValue(custom('about')), 'One line.\n\n  Another, indented.', 'lines');
  kit.equal(await page.inputValue(custom('first_visit')), '2020-02-29', 'date');
  kit.equal(await page.inputValue(custom('household')), '3', 'number');
  kit.equal(await page.inputValue(custom('shirt_size')), 'XL', 'choice');
  kit.equal(await page.inputValue(custom('spoken_language')), 'ar', 'language');
  kit.equal(await chosen(page, 'user_metadata.interests'), 'music reading', 'choices');
  kit.equal(await chosen(page, 'user_metadata.newsletter'), 'false', 'yes or no');
}

// "No" and "not answered" are different things, and nothing chosen is an answer, too.
async function emptied(kit, page) {
  await page.check(`${custom('newsletter')}[value=""]`);
  await page.uncheck(`${custom('interests')}[value=music]`);
  await page.uncheck(`${custom('interests')}[value=reading]`);
  await page.fill(custom('first_visit'), '');
  await kit.press(page, save);
  kit.equal(await page.locator('[role=status]').textContent(), 'Saved: Interests, Monthly newsletter, Your first visit.', 'the confirmation');
  kit.equal(await labels(page, '.saved'), 'Interests, Monthly newsletter, Your first visit', 'marked fields');
  const stored = JSON.parse((await kit.demo.latchkey('user', 'show', '--json', 'ada@example.com')).stdout).user_metadata;
  for (const name of ['newsletter', 'first_visit', 'interests']) kit.ok(stored[name] === undefined, `${name} is still stored: ${stored[name]}`);
  kit.equal(stored.household, 3, 'a number is stored as a number');
}

const wrongs = {
  'user_metadata.contact_by': ['', 'Fill this in; it cannot stay empty.'],
  website: ['nowhere', 'Enter a whole web address, like https://example.com.'],
  'user_metadata.household': ['21', 'Enter 20 or a smaller number.'],
  'user_metadata.first_visit': ['1980-01-01', 'Choose a later date.'],
  'user_metadata.card_number': ['12', 'Write this in the form that is asked for here.'],
};

async function refused(kit, page) {
  await page.goto('/profile');
  await page.selectOption(custom('contact_by'), '');
  for (const [name, [typed]] of Object.entries(wrongs)) if (typed) await page.fill(field(name), typed);
  for (const box of await page.locator(custom('interests')).all()) await box.check();
  await page.fill(field('nickname'), 'typed and not lost');
  kit.equal(await kit.press(page, save), 422, 'status');
  await kit.shot(page, 'saving-refused');
  await focusOn(page, 'alert');
  kit.ok((await page.title()).startsWith('Problem: '), 'the title says so first');
  const links = page.locator('[role=alert] a');
  kit.equal(await links.count(), Object.keys(wrongs).length + 1, 'errors listed');
  for (const [name, [typed, problem]] of Object.entries(wrongs)) {
    const control = page.locator(field(name));
    kit.equal(await control.getAttribute('aria-invalid'), 'true', `${name}: aria-invalid`);
    const notes = (await control.getAttribute('aria-describedby')).split(' ');
    const texts = await Promise.all(notes.map((id) => page.locator(`[id="${id}"]`).textContent()));
    kit.ok(texts.includes(problem), `${name} is described by ${JSON.stringify(texts)}, wanted ${problem}`);
    kit.equal(await control.inputValue(), typed, `${name}: what was typed`);
  }
  kit.equal((await chosen(page, 'user_metadata.interests')).split(' ').length, 5, 'boxes that were ticked');
  kit.ok((await page.locator('[role=alert]').textContent()).includes('Interests: Choose fewer answers; 4 is the most.'), 'a group is named, too');
  kit.equal(await page.inputValue(field('nickname')), 'typed and not lost', 'what was typed rightly');
  kit.equal(await page.locator(field('nickname')).getAttribute('aria-invalid'), null, 'a right field is not marked');
  for (const link of await links.all()) {
    const target = (await link.getAttribute('href')).slice(1);
    await link.click();
    await page.waitForFunction((id) => document.activeElement?.id === id, target);
  }
  const stored = JSON.parse((await kit.demo.latchkey('user', 'show', '--json', 'ada@example.com')).stdout);
  kit.ok(stored.nickname !== 'typed and not lost', 'nothing was saved');
}

async function taken(kit, page) {
  await page.goto('/profile');
  await page.fill(custom('card_number'), 'LH-771203');
  await page.fill(field('nickname'), 'also typed');
  kit.equal(await kit.press(page, save), 422, 'status');
  kit.ok((await page.locator('[role=alert]').textContent()).includes('Card number: Somebody else uses this already. Choose another one.'), 'who is in the way');
  kit.equal(await page.inputValue(custom('card_number')), 'LH-771203', 'what was typed');
  kit.equal(await page.inputValue(field('nickname')), 'also typed', 'what was typed');
}

async function filledOnce(kit, page) {
  await page.goto('/profile');
  kit.equal(await page.locator('[id="f-user_metadata.card_number-once"]').textContent(), 'You can fill this in once. After that it stays.', 'before');
  await page.fill(custom('card_number'), 'AW-000001');
  await kit.press(page, save);
  kit.equal(await page.locator('[role=status]').textContent(), 'Saved: Card number.', 'the confirmation');
  kit.equal(await page.locator(custom('card_number')).count(), 0, 'controls after it');
  const row = page.locator('[id="f-user_metadata.card_number"]');
  kit.equal(await row.locator('.value').textContent(), 'AW-000001', 'the value');
  kit.equal((await row.locator('.lock').textContent()).trim(), 'This could be filled in once, and it was.', 'after');
}

// The later of two tabs is told, keeps what it typed, sees what is stored, and may insist.
async function twoTabs(kit, first) {
  const second = kit.watch(await first.context().newPage());
  await first.goto('/profile');
  await second.goto('/profile');
  await second.fill(field('nickname'), 'from the second tab');
  await second.fill(field('middle_name'), 'Maria');
  await kit.press(second, save);
  await first.fill(field('nickname'), 'from the first tab');
  await first.fill(field('gender'), 'typed here alone');
  kit.equal(await kit.press(first, save), 409, 'status');
  await kit.shot(first, 'saving-stale');
  await focusOn(first, 'alert');
  kit.equal(await first.locator('[role=alert] h2').textContent(), 'Your profile was changed elsewhere', 'what is said');
  kit.equal(await first.inputValue(field('nickname')), 'from the first tab', 'what was typed');
  kit.equal(await first.inputValue(field('gender')), 'typed here alone', 'what was typed');
  const stored = async (name) => (await first.locator('.field', { has: first.locator(`[name=${name}]`) }).locator('.stored').textContent()).trim();
  kit.equal(await stored('nickname'), 'Stored now: from the second tab', 'what is stored');
  kit.equal(await stored('middle_name'), 'Stored now: Maria', 'also where nothing was typed here');
  await first.fill(field('middle_name'), 'Maria');
  kit.equal(await kit.press(first, save), 200, 'saving again');
  kit.equal(await first.inputValue(field('nickname')), 'from the first tab', 'what was insisted on');
  kit.equal(await labels(first, '.saved'), 'Nickname, Gender', 'marked fields');
  kit.equal(await first.inputValue(field('middle_name')), 'Maria', 'what was taken over');
  await second.close();
}

export default async function saving(kit) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, 'ada@example.com');
  await kit.test('every kind of field is saved, confirmed, marked, and comes back as it was', () => everyKind(kit, page));
  await kit.test('fields can be emptied; not answered is not "no"', () => emptied(kit, page));
  await kit.test('a refusal lists each error with a link, ties it to its field, and loses nothing that was typed', () => refused(kit, page));
  await kit.test('a value that somebody else has is refused, and kept on the page', () => taken(kit, page));
  await kit.test('what can be filled in once says so before, and is locked after', () => filledOnce(kit, page));
  await kit.test('the later of two tabs is told, keeps what it typed, and can insist', () => twoTabs(kit, page));
  await kit.test('saving: the browser had nothing to complain of', () => kit.quiet(page));
  await context.close();
}
