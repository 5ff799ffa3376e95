// What an attacker would try, from outside: through the real nginx against the demo. Beside each answer stands what must not have
// happened: the person's row, the sessions and the audit are looked at in the store. Rows are named as in the catalogue of abuse
// cases (A1 …). With names of groups as arguments only those run: tests/faults/abuse login session
import {Attack} from './abuse_support.mjs';
import {desk} from './abuse_desk.mjs';
import {login} from './abuse_login.mjs';
import {session} from './abuse_session.mjs';
import {forgery} from './abuse_forgery.mjs';
import {profile} from './abuse_profile.mjs';
import {text} from './abuse_text.mjs';
import {transport} from './abuse_transport.mjs';

const groups = {
  login,
  session,
  forgery,
  profile,
  text,
  transport,
  desk
};
const wanted = process.argv.slice(2);

// One address plays everybody here, so the count of its whole network would end the suite. A pause lasts longer than any run.
const attack = await Attack.begin(
  {LATCHKEY_LOGIN_FAILURES_PER_NETWORK: '1000000', LATCHKEY_LOGIN_PAUSE_SECONDS: '3600', LATCHKEY_SPRAY_ALARM: '10', LATCHKEY_WORKERS: '6'});
for (const [name, group] of Object.entries(groups)) {
  if (wanted.length && !wanted.includes(name)) continue;
  try {
    await group(attack);
  } catch (error) { attack.check(false, `${name} runs to its end`, error.stack); }
}
await attack.end();
