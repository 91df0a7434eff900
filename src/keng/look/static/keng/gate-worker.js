// Solves a challenge of the gate: the first counter for which SHA-256("challenge.counter") begins with so many zero bits.
// A worker of its own, so that the page never waits for it. The message fits one block of SHA-256, which keeps this short.
"use strict";

const ROUNDS = new Int32Array(64);
const START = new Int32Array(8);
for (let candidate = 2, found = 0; found < 64; candidate++) {
  let isPrime = true;
  for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) isPrime = false;
  if (!isPrime) continue;
  if (found < 8) START[found] = (candidate ** (1 / 2) * 4294967296) | 0;
  ROUNDS[found++] = (candidate ** (1 / 3) * 4294967296) | 0;
}

const words = new Int32Array(64);

// The first 32 bits of the SHA-256 of a message of one block, which `words` holds in its first 16 places.
function firstWord() {
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15], y = words[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
  let a = START[0], b = START[1], c = START[2], d = START[3], e = START[4], f = START[5], g = START[6], h = START[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return (a + START[0]) | 0;
}

function put(text) {
  words.fill(0, 0, 16);
  for (let i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = 8 * text.length;
}

function solve(challenge, bits) {
  for (let counter = 0; ; counter++) {
    const token = challenge + "." + counter;
    put(token);
    if (bits === 0 || firstWord() >>> (32 - bits) === 0) return token;
  }
}

if (typeof WorkerGlobalScope !== "undefined") {
  onmessage = (event) => postMessage(solve(event.data.challenge, event.data.bits));
}
