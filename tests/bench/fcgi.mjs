// The smallest FastCGI client: one request on a Unix socket, without any server between.
import net from 'node:net';

const BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

const pair = (name, value) => Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)]);

function answer(all) {
  let text = '';
  for (let at = 0; at + 8 <= all.length;) {
    const length = all.readUInt16BE(at + 4);
    if (all[at + 1] === STDOUT) text += all.toString('utf8', at + 8, at + 8 + length);
    if (all[at + 1] === END_REQUEST) return text;
    at += 8 + length + all[at + 6];
  }
  return undefined;
}

// The answer with its head; rejects when nobody listens or the answer is not whole. Parameters have up to 127 bytes.
export function fcgiGet(socket, path) {
  const params = { REQUEST_METHOD: 'GET', REQUEST_URI: path, PORTAL_PEER: '127.0.0.1' };
  return new Promise((done, fail) => {
    const parts = [];
    const connection = net.connect(socket, () => connection.end(Buffer.concat([
      record(BEGIN_REQUEST, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
      record(PARAMS, Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)))),
      record(PARAMS, Buffer.alloc(0)), record(STDIN, Buffer.alloc(0)),
    ])));
    connection.on('data', (part) => parts.push(part));
    connection.on('error', fail);
    connection.on('close', () => {
      const text = answer(Buffer.concat(parts));
      if (text === undefined) fail(new Error('no whole answer'));
      else done(text);
    });
  });
}
