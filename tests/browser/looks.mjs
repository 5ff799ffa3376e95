// Looks that people ask their browser for: large text, little motion, paper.

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
// Texts that are cut off: their box hides what does not fit. (What is typed into a line scrolls in it.)
const clipped = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .filter((one) => !one.closest('.unseen') && !one.matches('input, textarea') && /hidden|clip/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 100)));

// What sticks out of its card.
const outside = (page) => page.evaluate(() => [...document.querySelectorAll('.card')].flatMap((card) => {
  const [box, style] = [card.getBoundingClientRect(), getComputedStyle(card)];
  const [left, right] = [box.left + parseFloat(style.paddingLeft) - 1, box.right - parseFloat(style.paddingRight) + 1];
  return [...card.querySelectorAll('*')].map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, at]) => at.width > 0 && !one.closest('.unseen') && (at.left < left || at.right > right))
    .map(([one]) => one.outerHTML.slice(0, 100));
}));

async function largeText(kit, page) {
  for (const [width, size] of [[1280, '200%'], [640, '100%'], [640, '200%'], [320, '100%'], [320, '150%']]) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate((wanted) => { document.documentElement.style.fontSize = wanted; }, size);
    kit.ok(await sideways(page) <= 0, `at ${width} px with text of ${size} the page scrolls sideways by ${await sideways(page)} px`);
    kit.equal((await clipped(page)).join('\n'), '', `cut off at ${width} px with text of ${size}`);
    kit.equal((await outside(page)).join('\n'), '', `outside its card at ${width} px with text of ${size}`);
  }
  await kit.shot(page, 'large-text');
}

async function motion(kit) {
  for (const [reducedMotion, behaviour, moves] of [['reduce', 'auto', false], ['no-preference', 'smooth', true]]) {
    const { context, page } = await kit.visitor({ reducedMotion });
    await page.goto('/login');
    kit.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), behaviour, reducedMotion);
    const slow = await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('main button')).transitionDuration));
    kit.equal(slow > 0, moves, `transitions with ${reducedMotion}`);
    await context.close();
  }
}

async function paper(kit, page) {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await kit.shot(page, 'print');
  for (const gone of ['.places', '.bottom', '.person form', '.save button']) {
    kit.ok(!await page.locator(gone).first().isVisible(), `${gone} is printed`);
  }
  for (const stays of ['h1', '.person-name', '#f-email .value', '[name=nickname]']) {
    kit.ok(await page.locator(stays).first().isVisible(), `${stays} is not printed`);
  }
  const colours = await page.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.querySelector('h1')).color]);
  kit.equal(colours.join(' on '), 'rgb(255, 255, 255) on rgb(0, 0, 0)', 'black on white, whatever the screen');
}

export default async function looks(kit) {
  const { context, page } = await kit.visitor();
  await kit.signIn(page, 'clara@northwind.example');
  await kit.test('text of twice the size and narrow windows: nothing is cut off, nothing scrolls sideways', () => largeText(kit, page));
  await kit.test('nothing moves for those who asked for that', () => motion(kit));
  await page.setViewportSize({ width: 800, height: 1100 });
  await page.goto('/profile');
  await kit.test('on paper: what is kept about me, without what only a screen needs', () => paper(kit, page));
  await kit.test('looks: the browser had nothing to complain of', () => kit.quiet(page));
  await context.close();
}
