// Everything without script: the pages are complete, script only adds comfort.
export default async function noscript(kit) {
  const who = Object.keys(kit.accounts)[0];
  const { context, page } = await kit.visitor({ javaScriptEnabled: false });
  await kit.test('without script: signing in, saving, seeing it saved, being refused, signing out', async () => {
    await kit.signIn(page, who);
    kit.equal(new URL(page.url()).pathname, '/profile', 'where signing in leads');
    const name = `plain-${Date.now()}`;
    await page.fill('[name=nickname]', name);
    await kit.press(page, 'form.profile button[type=submit]');
    kit.ok(await page.locator('[role=status]').isVisible(), 'a confirmation');
    kit.equal(await page.inputValue('[name=nickname]'), name, 'kept');
    await page.fill('[name=website]', 'nowhere');
    await page.fill('[name=nickname]', 'typed and not lost');
    await kit.press(page, 'form.profile button[type=submit]');
    kit.ok(await page.locator('[role=alert] a[href^="#"]').first().isVisible(), 'a list of errors with links');
    kit.equal(await page.inputValue('[name=nickname]'), 'typed and not lost', 'what was typed');
    kit.equal(await page.inputValue('[name=website]'), 'nowhere', 'what was typed');
    await page.goto('/logout');
    await kit.press(page, 'main button[type=submit]');
    await page.goto('/profile');
    kit.equal(new URL(page.url()).pathname, '/login', 'signed out');
  });
  await context.close();
}
