// Time of one operation in nanoseconds, the best of several slices, on random normal operands.
//
//   node bench/speed.mjs
import * as sf from "../dist/index.js";

const COUNT = 1024;
const SLICES = 15;
const ROUNDS = 60;

const ctx = new sf.FloatContext();
const words = new Int32Array(COUNT * 6);
let state = 12345;
for (let i = 0; i < words.length; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  words[i] = state;
}
const f32 = words.map((w) => (w & 0x807fffff) | ((117 + ((w >>> 8) % 20)) << 23));
const f64High = words.map((w) => (w & 0x800fffff) | ((1013 + ((w >>> 8) % 20)) << 20));
const high = words.map((w) => w | 0x80000000);
const positive = words.map((w) => 16373 + ((w >>> 8) % 20));
const below1 = words.map((w) => 16373 + ((w >>> 8) % 8));
const se = words.map((w) => (16373 + ((w >>> 8) % 20)) | ((w & 1) << 15));

const operations = {
  "f32 add": (i, j) => sf.f32Add(ctx, f32[i], f32[j]),
  "f32 mul": (i, j) => sf.f32Mul(ctx, f32[i], f32[j]),
  "f32 div": (i, j) => sf.f32Div(ctx, f32[i], f32[j]),
  "f32 sqrt": (i) => sf.f32Sqrt(ctx, f32[i] & 0x7fffffff),
  "f32 fma": (i, j) => sf.f32Fma(ctx, f32[i], f32[j], f32[i + 1], 0),
  "f64 add": (i, j) => sf.f64Add(ctx, words[i], f64High[i], words[j], f64High[j]),
  "f64 mul": (i, j) => sf.f64Mul(ctx, words[i], f64High[i], words[j], f64High[j]),
  "f64 div": (i, j) => sf.f64Div(ctx, words[i], f64High[i], words[j], f64High[j]),
  "f64 sqrt": (i) => sf.f64Sqrt(ctx, words[i], f64High[i] & 0x7fffffff),
  "f64 fma": (i, j) => sf.f64Fma(ctx, words[i], f64High[i], words[j], f64High[j], words[i + 1], f64High[i + 1], 0),
  "f64 compare": (i, j) => sf.f64Compare(ctx, words[i], f64High[i], words[j], f64High[j]),
  "f64 to i32": (i) => sf.f64ToI32(ctx, words[i], f64High[i], 0),
  "i32 to f64": (i) => sf.i32ToF64(ctx, words[i]),
  "f64 to f32": (i) => sf.f64ToF32(ctx, words[i], f64High[i]),
  "f80 add": (i, j) => sf.f80Add(ctx, words[i], high[i], se[i], words[j], high[j], se[j]),
  "f80 mul": (i, j) => sf.f80Mul(ctx, words[i], high[i], se[i], words[j], high[j], se[j]),
  "f80 div": (i, j) => sf.f80Div(ctx, words[i], high[i], se[i], words[j], high[j], se[j]),
  "f80 sqrt": (i) => sf.f80Sqrt(ctx, words[i], high[i], positive[i]),
  "f80 fprem": (i, j) => sf.f80Rem(ctx, words[i], high[i], se[i], words[j], high[j], se[j]),
  "f64 to f80": (i) => sf.f80FromF64(ctx, words[i], f64High[i]),
  "f80 to f64": (i) => sf.f80ToF64(ctx, words[i], high[i], se[i]),
  fsin: (i) => sf.f80Sin(ctx, words[i], high[i], se[i]),
  fptan: (i) => sf.f80Tan(ctx, words[i], high[i], se[i]),
  fpatan: (i, j) => sf.f80Atan2(ctx, words[i], high[i], se[i], words[j], high[j], se[j]),
  f2xm1: (i) => sf.f80TwoToXMinus1(ctx, words[i], high[i], below1[i]),
  fyl2x: (i, j) => sf.f80YLog2X(ctx, words[i], high[i], positive[i], words[j], high[j], se[j]),
};

for (const [name, run] of Object.entries(operations)) {
  let best = Infinity;
  for (let slice = 0; slice < SLICES; slice++) {
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < COUNT; i++) run(i, i + 1 + round);
    }
    best = Math.min(best, ((performance.now() - start) * 1e6) / (ROUNDS * COUNT));
  }
  console.log(`${name.padEnd(12)} ${best.toFixed(1).padStart(7)} ns`);
}
