// With the keyboard only: skip link, sign in, reach every control in the order of the page, see where the focus is, save, sign out.

async function focused(page) {
  return page.evaluate(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    return { tag: one.tagName, name: one.getAttribute('name'), text: one.textContent.trim().slice(0, 40), href: one.getAttribute('href'),
      outline: parseFloat(style.outlineWidth), outlineStyle: style.outlineStyle };
  });
}

export default async function keyboard(kit) {
  const who = Object.keys(kit.accounts)[0];
  const { context, page } = await kit.visitor();
  await kit.test('the first stop is a link that skips to the content', async () => {
    await page.goto('/login');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Tab');
    const first = await focused(page);
    kit.ok(first.tag === 'A' && first.href.startsWith('#'), JSON.stringify(first));
  });
  await kit.test('signing in needs no mouse', async () => {
    await page.focus('[name=identifier]');
    await page.keyboard.type(who);
    await page.keyboard.press('Tab');
    while ((await focused(page)).name !== 'password') await page.keyboard.press('Tab');
    await page.keyboard.type(kit.accounts[who]);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    kit.equal(new URL(page.url()).pathname, '/profile', 'where it leads');
  });
  await kit.test('every control of the profile is reached once, in order, with a visible focus', async () => {
    await page.goto('/profile');
    const wanted = await page.evaluate(() => [...document.querySelectorAll('main input:not([type=hidden]):not([type=radio]), main select, main textarea')]
      .map((one) => one.name));
    const seen = [], faint = [];
    for (let i = 0; i < 200; i += 1) {
      await page.keyboard.press('Tab');
      const one = await focused(page);
      if (one.tag === 'BODY') break;
      if (one.outlineStyle === 'none' || one.outline < 2) faint.push(JSON.stringify(one));
      if (one.name && wanted.includes(one.name)) seen.push(one.name);
    }
    kit.equal(faint.length, 0, `without a visible focus: ${faint.join('\n')}`);
    kit.equal([...new Set(seen)].join(' '), [...new Set(wanted)].join(' '), 'order of the controls');
  });
  await kit.test('saving with Enter puts the focus on the confirmation', async () => {
    await page.goto('/profile');
    await page.fill('[name=nickname]', `keys-${Date.now()}`);
    await page.focus('[name=nickname]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'status', null, { timeout: 10000 });
  });
  await kit.test('a refusal puts the focus on the list of errors, whose links lead to the fields', async () => {
    await page.fill('[name=website]', 'nowhere');
    await page.focus('[name=website]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'alert', null, { timeout: 10000 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'website', null, { timeout: 10000 });
  });
  await context.close();
}
