// A C program of a wanted length, made of a seed, and what it prints: computed here, in this host's JavaScript, from the same statements.
import { Random } from "@isinglass/testkit";

const FUNCTIONS = 32;
const REPEATS = 25;
const HEAD = [
  "#include <inttypes.h>",
  "#include <stdint.h>",
  "#include <stdio.h>",
  "#include <string.h>",
  "static uint64_t bits(double d) { uint64_t u; memcpy(&u, &d, sizeof u); return u; }",
];
/** Lines of a function beside its statements, and of `main` beside its calls. */
const AROUND = 6;
const AROUND_MAIN = 3;

/** A statement in C, and what it does to the variables: a, b and c of 32 bits without a sign, d a double. */
function statement(random) {
  const names = ["a", "b", "c"];
  const first = random.below(3);
  const [x, y, z] = [names[first], names[(first + 1) % 3], names[(first + 2) % 3]];
  const n = random.u32();
  const shift = 1 + random.below(31);
  const set = (name, value) => (v) => (v[name] = value(v));
  switch (random.below(8)) {
    case 0:
      return [`${x} = ${x} * ${n}u + ${y};`, set(x, (v) => (Math.imul(v[x], n) + v[y]) >>> 0)];
    case 1:
      return [`${x} ^= ${y} >> ${shift};`, set(x, (v) => (v[x] ^ (v[y] >>> shift)) >>> 0)];
    case 2:
      return [
        `${x} = (${x} << ${shift} | ${x} >> ${32 - shift}) - ${z};`,
        set(x, (v) => (((v[x] << shift) | (v[x] >>> (32 - shift))) - v[z]) >>> 0),
      ];
    case 3:
      return [
        `if (${y} & ${shift}u) ${x} += ${n}u; else ${x} ^= ${z};`,
        set(x, (v) => (v[y] & shift ? v[x] + n : v[x] ^ v[z]) >>> 0),
      ];
    case 4:
      return [
        `${x} = ${y} / (${z} % 1000u + 1u) + ${x} % 65521u;`,
        set(x, (v) => (Math.floor(v[y] / ((v[z] % 1000) + 1)) + (v[x] % 65521)) >>> 0),
      ];
    case 5:
      return [`d = d * 0.75 + ${x} % 4096u;`, set("d", (v) => v.d * 0.75 + (v[x] % 4096))];
    case 6:
      return [`${x} += (uint32_t)(int32_t)(d * 3.0);`, set(x, (v) => (v[x] + Math.trunc(v.d * 3)) >>> 0)];
    default:
      return [`d = d / (1.0 + ${x} % 7u) - ${y} % 100u;`, set("d", (v) => v.d / (1 + (v[x] % 7)) - (v[y] % 100))];
  }
}

function hexOf(d) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, d);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

/**
 * @param {number} seed
 * @param {number} lines
 * @returns {{ source: string, output: string }}
 */
export function cProgram(seed, lines) {
  const random = new Random(seed);
  const left = lines - HEAD.length - AROUND_MAIN - FUNCTIONS * (AROUND + 1);
  const source = [...HEAD];
  const output = [];
  for (let i = 0; i < FUNCTIONS; i++) {
    const count = Math.floor((left * (i + 1)) / FUNCTIONS) - Math.floor((left * i) / FUNCTIONS);
    const statements = Array.from({ length: count }, () => statement(random));
    const texts = statements.map(([text]) => `    ${String(text)}`);
    source.push(
      `static void f${i}(uint32_t a, uint32_t b, uint32_t c, double d) {`,
      `  for (int i = 0; i < ${REPEATS}; i++) {`,
      ...texts,
      "  }",
      `  printf("f${i} %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %016" PRIx64 "\\n", a, b, c, bits(d));`,
      "}",
      "",
    );
    const v = { a: i, b: 7 * i + 1, c: 99, d: i / 8 };
    for (let r = 0; r < REPEATS; r++) for (const [, step] of statements) step(v);
    const words = [v.a, v.b, v.c].map((n) => n.toString(16).padStart(8, "0"));
    output.push(`f${i} ${words.join(" ")} ${hexOf(v.d)}`);
  }
  source.push(
    "int main(void) {",
    ...output.map((_, i) => `  f${i}(${i}u, ${7 * i + 1}u, 99u, ${i} / 8.0);`),
    "  return 0;",
    "}",
    "",
  );
  return { source: source.join("\n"), output: output.join("\n") };
}
