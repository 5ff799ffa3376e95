// Starts the demo as `make run` does, on a free port and in a folder of its own, and speaks HTTP with it.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const top = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
export const binary = process.env.LATCHKEY ?? join(top, 'build/check/latchkey');

export function freePort() {
  return new Promise((done, fail) => {
    const server = net.createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); });
  });
}

// Waits until `condition` gives something true; every wait of the tests goes through here and is bounded.
export async function until(condition, what, limit = 60000, pause = 20) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain until ${what}`);
    await new Promise((next) => setTimeout(next, pause));
  }
}

export class Demo {
  constructor({ env = {}, run, program = binary } = {}) {
    this.run = run ?? join(mkdtempSync(join(tmpdir(), 'latchkey-')), 'run');
    this.env = env;
    this.program = program;
    this.output = '';
  }

  async start(port) {
    this.port = port ?? this.port ?? await freePort();
    this.url = `http://localhost:${this.port}`;
    this.child = spawn(join(top, 'app/demo/run'), [this.run, String(this.port), this.program],
      { cwd: top, env: { ...process.env, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.ended = new Promise((done) => this.child.on('exit', (code, signal) => { this.exit = { code, signal }; done(this.exit); }));
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => { this.output += text; });
    await until(async () => {
      if (this.exit) throw new Error(`the demo ended: ${JSON.stringify(this.exit)}\n${this.output}`);
      return this.healthy();
    }, 'the demo answers', 120000);
    return this;
  }

  async healthy() {
    try { return (await this.request('GET', '/healthz')).status === 200; } catch { return false; }
  }

  async stop() {
    if (this.child && !this.exit) { this.child.kill('SIGTERM'); await this.ended; }
    return this.exit;
  }

  remove() { rmSync(join(this.run, '..'), { recursive: true, force: true }); }

  // { identifier: password } of accounts.txt
  accounts() {
    const lines = readFileSync(join(this.run, 'accounts.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
    return Object.fromEntries(lines.map((line) => line.split('\t')).map(([who, password]) => [who, password]));
  }

  // The program's other commands, on this demo's store.
  latchkey(...args) {
    return new Promise((done) => execFile(this.program, ['-c', 'latchkey.conf', ...args], { cwd: this.run, env: { ...process.env, ...this.env } },
      (error, stdout, stderr) => done({ code: error ? error.code : 0, stdout, stderr })));
  }

  request(method, path, { headers = {}, body } = {}) {
    return new Promise((done, fail) => {
      const text = body instanceof URLSearchParams ? body.toString() : body;
      const sent = { host: `localhost:${this.port}`, ...headers };
      if (body instanceof URLSearchParams) sent['content-type'] ??= 'application/x-www-form-urlencoded';
      if (text !== undefined) sent['content-length'] = Buffer.byteLength(text);
      const request = http.request({ host: '127.0.0.1', port: this.port, method, path, headers: sent, agent: false }, (reply) => {
        let all = '';
        reply.setEncoding('utf8');
        reply.on('data', (part) => { all += part; });
        reply.on('end', () => done({ status: reply.statusCode, headers: reply.headers, body: all }));
        reply.on('error', fail);
      });
      request.setTimeout(30000, () => request.destroy(new Error(`${method} ${path}: no answer`)));
      request.on('error', fail);
      request.end(text);
    });
  }
}

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': '\u00a0' };
export const unescape = (text) => text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (one) => entities[one]);

export function hidden(html, name) {
  const input = html.match(new RegExp(`<input[^>]*name="${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"[^>]*>`));
  const value = input?.[0].match(/value="([^"]*)"/);
  return value ? unescape(value[1]) : undefined;
}

// A visitor with a cookie jar: what a browser without script does.
export class Visitor {
  constructor(demo, headers = {}) { this.demo = demo; this.headers = headers; this.cookies = new Map(); }

  async go(method, path, { headers = {}, body } = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await this.demo.request(method, path, { headers: { ...this.headers, ...(cookie && { cookie }), ...headers }, body });
    for (const line of [reply.headers['set-cookie'] ?? []].flat()) {
      const [pair, ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      if (attributes.some((one) => /^max-age=0$/i.test(one)) || pair.slice(at + 1) === '') this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return reply;
  }

  get(path, options) { return this.go('GET', path, options); }
  post(path, fields, options = {}) { return this.go('POST', path, { ...options, body: new URLSearchParams(fields) }); }

  async signIn(identifier, password, extra = {}) {
    const page = await this.get('/login');
    return this.post('/login', { csrf: hidden(page.body, 'csrf'), identifier, password, ...extra });
  }

  // Saves fields through the profile page as a person would: with the token and the version of a page just read.
  async save(fields) {
    const page = await this.get('/profile');
    return this.post('/profile', { csrf: hidden(page.body, 'csrf'), version: hidden(page.body, 'version'), ...fields });
  }
}
