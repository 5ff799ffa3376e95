// The pages of stage two in three languages, both schemes and right to left; and the ways to a new password in each look.
import { ageSession } from './proofs_post.mjs';
import { sideways, small, violations } from './access.mjs';

const button = 'main button[type=submit]';

const modes = [
  { name: 'light', language: 'en', options: { colorScheme: 'light' } },
  { name: 'dark', language: 'de', options: { colorScheme: 'dark', viewport: { width: 768, height: 1024 } } },
  { name: 'rtl', language: 'ar', options: { colorScheme: 'light', viewport: { width: 360, height: 740 } } },
];

const looks = [
  { name: 'portal', at: '', called: 'Latchkey demo' },
  { name: 'acme', at: '/o/acme', called: 'Acme Ltd', primary: 'rgb(10, 92, 54)', heading: { en: 'A new password for Acme', de: 'Ein neues Passwort für Acme' } },
  { name: 'dar-alnoor', at: '/o/dar-alnoor', called: 'دار النور', primary: 'rgb(122, 46, 107)' },
];

// What is wrong with a page is noted, and said for all pages of a walk together.
async function inspect(kit, page, name) {
  page.wrongs ??= [];
  await kit.shot(page, name);
  page.wrongs.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  page.wrongs.push(...(await small(page)).map((one) => `${name}: under 44 px: ${one}`));
  if (await sideways(page) > 0) page.wrongs.push(`${name} scrolls sideways by ${await sideways(page)} px`);
}

async function finish(kit, { context, page }) {
  await context.close();
  kit.equal(page.wrongs.join('\n'), '', 'wrong on these pages');
  kit.quiet(page);
}

// Somebody of their own for each walk, because the mails to one person are limited: [name, organization].
const reader = (look, mode) => `${look.name.replace('-', '_')}_${mode.name}`.slice(-15);
export const readers = looks.flatMap((look) => modes.map((mode) => [reader(look, mode), look.at && look.name]));

async function wears(kit, page, look, mode, name) {
  kit.equal((await page.locator('a.portal bdi').textContent()).trim(), look.called, 'whose page it is');
  kit.equal(await page.getAttribute('html', 'lang'), mode.language, 'the language');
  kit.equal(await page.getAttribute('html', 'dir'), mode.language === 'ar' ? 'rtl' : 'ltr', 'the direction');
  const colour = await page.locator(button).first().evaluate((one) => getComputedStyle(one).backgroundColor);
  if (look.primary && mode.options.colorScheme === 'light') kit.equal(colour, look.primary, 'the colour of its button');
  await inspect(kit, page, name);
  return colour;
}

async function wayInLook(kit, post, look, mode) {
  const { context, page } = await kit.visitor(mode.options);
  const suffix = mode.name === 'light' ? '' : `-${mode.name}`;
  await page.goto(`${look.at}/login?lang=${mode.language}`);
  await wears(kit, page, look, mode, `login-${look.name}${suffix}`);
  await Promise.all([page.waitForNavigation(), page.locator('main a[href$="/password/forgot"]').click()]);
  kit.equal(new URL(page.url()).pathname, `${look.at}/password/forgot`, 'where the link leads');
  await wears(kit, page, look, mode, `forgot-${look.name}${suffix}`);
  await page.fill('[name=identifier]', `${reader(look, mode)}@home.example`);
  await kit.press(page, button);
  await inspect(kit, page, `forgot-sent-${look.name}${suffix}`);
  const mail = await post.mail(`${reader(look, mode)}@home.example`, look.called);
  kit.equal(mail.language, mode.language, 'the language of the mail');
  await page.goto(post.link(mail, '/password/reset'));
  await wears(kit, page, look, mode, `reset-${look.name}${suffix}`);
  const wanted = look.heading?.[mode.language];
  if (wanted) kit.equal(await page.locator('h1').textContent(), wanted, 'its own words');
  await kit.press(page, button);
  await wears(kit, page, look, mode, `reset-refused-${look.name}${suffix}`);
  await finish(kit, { context, page });
}

async function signedInPages(kit, post, mode, password) {
  const { context, page } = await kit.visitor(mode.options);
  const seen = (name) => inspect(kit, page, `${name}-${mode.name}-${mode.language}`);
  await page.goto(`/login?lang=${mode.language}`);
  await page.goto('/signup?connection=customers');
  await seen('signup');
  await kit.press(page, button);
  await seen('signup-refused');
  await kit.signIn(page, 'portal_light', '/login', password);
  for (const name of ['password', 'email', 'phone', 'username', 'sessions', 'activity']) {
    await page.goto(`/${name}`);
    await seen(name);
  }
  await page.goto('/email');
  await page.fill('main [name=email]', `reader@${mode.name}.example`);
  await kit.press(page, 'form[action="/email"] button');
  await seen('email-pending');
  await page.goto('/profile');
  await seen('profile-pending');
  await page.goto(await post.followed(`reader@${mode.name}.example`, '', '/email/confirm'));
  await seen('email-confirm');
  await page.goto('/phone');
  await page.fill('main [name=phone_number]', `+4420794601${50 + modes.indexOf(mode)}`);
  await kit.press(page, 'form[action="/phone"] button');
  await page.fill('[name=code]', 'none');
  await kit.press(page, 'form[action="/phone/confirm"] button');
  await seen('phone-confirm');
  await page.goto('/phone');
  await seen('phone-pending');
  ageSession(kit);
  await page.goto('/email');
  await seen('reauthenticate');
  await finish(kit, { context, page });
}

export async function languagesAndLooks(kit, post, password) {
  for (const look of looks) {
    for (const mode of modes) {
      await kit.test(`the way to a new password in the look of ${look.name}, ${mode.name}, ${mode.language}: its name, its colour, no violation`,
        () => wayInLook(kit, post, look, mode));
    }
  }
  for (const mode of modes) {
    await kit.test(`pages of proofs, ${mode.name}, ${mode.language}: no axe violation, nothing sideways, big enough to touch`,
      () => signedInPages(kit, post, mode, password));
  }
}
