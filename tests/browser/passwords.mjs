// New passwords while they are typed: what must be so is said before, each point says whether it is met, nothing is sent, nothing
// moves; the server has the last word. Nobody in here finishes what they begin, so no other suite meets what happened.
const hints = '[data-rule]';
const long = 'seven green bottles', personal = 'willow in the wind';

const point = (page, rule) => page.locator(`[data-rule="${rule}"]`).first();
const list = (page) => page.locator(hints).evaluateAll((lines) => lines.map((line) =>
  `${line.dataset.rule} ${line.classList.contains('met') ? 'met' : line.classList.contains('open') ? 'open' : 'unsaid'}`).join(', '));
const voice = (page) => page.locator('[data-hints]');

// Read out once the typing rests. Waited for by looking, since the pages let nobody evaluate text as code.
async function says(kit, page, words) {
  const exactly = new RegExp(`^${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  await voice(page).filter({ hasText: exactly }).waitFor({ state: 'attached', timeout: 5000 })
    .catch(async () => kit.equal(await voice(page).textContent(), words, 'what is read out'));
}

async function withPage(kit, run, options = {}) {
  const { context, page } = await kit.visitor(options);
  try {
    await run(page);
    kit.quiet(page);
  } finally {
    await context.close();
  }
}

const marked = (kit) => withPage(kit, async (page) => {
  await kit.signIn(page, 'ada@example.com');
  await page.goto('/password');
  kit.equal(await list(page), 'least unsaid, personal unsaid, saving unsaid, saving unsaid, same unsaid', 'before typing');
  await page.fill('[name=password]', 'short');
  kit.equal(await list(page), 'least open, personal unsaid, saving unsaid, saving unsaid, same unsaid', 'a short one');
  kit.equal(await point(page, 'least').textContent(), 'Use at least 10 characters. (still open)', 'in words');
  await says(kit, page, 'Still open: Use at least 10 characters.');
  await page.fill('[name=password]', long);
  kit.equal(await list(page), 'least met, personal unsaid, saving unsaid, saving unsaid, same unsaid', 'a long one');
  kit.equal(await point(page, 'least').textContent(), 'Use at least 10 characters. (done)', 'in words');
  await says(kit, page, 'Nothing is open that can be told before you save.');
  await page.fill('[name=password_again]', 'seven green');
  kit.equal(await list(page), 'least met, personal unsaid, saving unsaid, saving unsaid, same open', 'another one');
  await page.fill('[name=password_again]', long);
  kit.equal(await list(page), 'least met, personal unsaid, saving unsaid, saving unsaid, same met', 'the same');
  for (const [password, found] of [['the WHITFIELD letters', true], ['Ada engine 1', true], ['Ada engine 12', false]]) {
    await page.fill('[name=password]', password);
    kit.equal((await list(page)).includes('personal open'), found, `${password} holds what the page knows`);
  }
  await page.fill('[name=password]', '');
  kit.equal(await list(page), 'least unsaid, personal unsaid, saving unsaid, saving unsaid, same unsaid', 'after all was taken away');
  await says(kit, page, '');
});

const counted = (kit) => withPage(kit, async (page) => {
  await page.goto('/signup?connection=customers');
  for (const [password, met] of [['123456789', false], ['1234567890', true], ['🔑🔑🔑🔑🔑🔑🔑🔑🔑', false], ['🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑', true], ['كلمة المرو', true]]) {
    await page.fill('[name=password]', password);
    kit.ok((await list(page)).startsWith(`least ${met ? 'met' : 'open'}`), `${password}: ${await list(page)}`);
  }
  await page.fill('[name=password]', personal);
  kit.ok((await list(page)).includes('personal met'), 'nothing is known yet that is in it');
  await page.fill('[name=email]', 'Willow@home.example');
  kit.ok((await list(page)).includes('personal open'), 'the address was typed afterwards');
});

// The rules of stricter connections stand on no page of the demo: the same script looks at lines with them.
const stricter = (kit) => withPage(kit, async (page) => {
  const rules = [['mixed', 0], ['kinds', 0], ['row', 0], ['most', 72]];
  await page.route('**/signup?connection=customers', async (route) => {
    const reply = await route.fetch();
    const lines = rules.map(([rule, limit]) => `<li data-rule="${rule}" data-limit="${limit}">${rule}</li>`).join('');
    await route.fulfill({ response: reply, body: (await reply.text()).replace('<li data-rule="least"', `${lines}<li data-rule="least"`) });
  });
  await page.goto('/signup?connection=customers');
  for (const [password, wanted] of [
    ['abcABC123', 'mixed met, kinds met, row met, most met'], ['abcabc123', 'mixed open, kinds open, row met, most met'],
    ['abcabc12_', 'mixed open, kinds met, row met, most met'], ['aaaB1', 'mixed met, kinds met, row open, most met'],
    ['ä'.repeat(36), 'mixed open, kinds open, row open, most met'], ['äö'.repeat(18) + 'x', 'mixed open, kinds open, row met, most open'],
  ]) {
    await page.fill('[name=password]', password);
    kit.ok((await list(page)).startsWith(wanted), `${password}: ${await list(page)}`);
  }
});

// Typing is nobody's business but the browser's, and where one types must not jump.
const quietly = (kit) => withPage(kit, async (page) => {
  await page.goto('/signup?connection=customers');
  const asked = [];
  page.on('request', (request) => { if (!request.url().includes('/static/')) asked.push(request.url()); });
  const places = () => page.locator(`${hints}, input:not([type=hidden]), button`).evaluateAll((all) => JSON.stringify(all.map((one) => [one.getBoundingClientRect(), scrollY]).map(([at, down]) => [at.x, at.y + down, at.width, at.height])));
  const before = await places();
  await page.focus('[name=password]');
  await page.keyboard.type(long);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  kit.equal(await page.evaluate(() => document.activeElement.name), 'password_again', 'the next field after the button that shows it');
  await page.keyboard.type('something else');
  await says(kit, page, 'Still open: Type the same password once more.');
  kit.equal(await places(), before, 'where everything stands');
  kit.equal(asked.join(), '', 'requests while typing');
  kit.equal(await voice(page).getAttribute('aria-live'), 'polite', 'how it is read out');
  const described = (await page.getAttribute('[name=password]', 'aria-describedby')).split(' ');
  for (const id of described) kit.equal(await page.locator(`#${id}`).count(), 1, id);
});

// What was refused stands in the list of problems, and is marked there.
const afterRefusal = (kit) => withPage(kit, async (page) => {
  await page.goto('/signup?connection=customers');
  await page.fill('[name=email]', 'willow@');
  await page.fill('[name=password]', 'will');
  await page.fill('[name=password_again]', 'wil');
  kit.equal(await kit.press(page, 'main button[type=submit]'), 422, 'status');
  kit.equal(await page.locator('#password-problem [data-rule=least]').count(), 1, 'the broken rule');
  const links = await page.locator('[role=alert] a').evaluateAll((all) => [...new Set(all.map((one) => one.hash))].join(' '));
  kit.equal(links, '#f-email #f-user_metadata.contact_by #f-password #f-password_again', 'the problems in the order of the form');
  await page.fill('[name=password]', long);
  kit.ok(await page.locator('#password-problem [data-rule=least].met').isVisible(), 'it is met now');
  await page.fill('[name=password]', personal);
  kit.ok(await page.locator('[data-rule=personal].open').isVisible(), 'the name is still in it');
});

const withoutScript = (kit) => withPage(kit, async (page) => {
  await page.goto('/signup?connection=customers');
  const rules = await page.locator('#password-rules').innerText();
  for (const words of ['Use at least 10 characters.', 'Leave out your name', 'Make it hard to guess']) kit.ok(rules.includes(words), words);
  kit.ok(await page.locator('#password-saving').isVisible(), 'what is looked at later is said');
  kit.equal(await page.locator('.reveal button').count(), 0, 'no button that would do nothing');
}, { javaScriptEnabled: false });

export default async function passwords(kit) {
  await kit.test('each point of a new password says whether it is met, in colour, sign and words', () => marked(kit));
  await kit.test('script counts as the server counts, and knows what was typed beside it', () => counted(kit));
  await kit.test('script knows the rules of stricter connections', () => stricter(kit));
  await kit.test('nothing is sent and nothing moves while a password is typed', () => quietly(kit));
  await kit.test('after a refusal the broken rules are marked where they stand', () => afterRefusal(kit));
  await kit.test('without script the rules are said all the same', () => withoutScript(kit));
}
