// Makes packages/cpu-x86/src/generated/hot-forms.ts: which instruction forms the interpreter should hold in its dispatch loop. Boots both kernels, looks every
// few thousand instructions which form comes next, and notes every form that was decoded at all.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { S, X86Isa } from "@isinglass/cpu-x86";
import { DecodedForm } from "@isinglass/uops";
import { MIB } from "./lib/emulators.mjs";
import { createGuest } from "./lib/guest.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";

const target = fileURLToPath(new URL("../packages/cpu-x86/src/generated/hot-forms.ts", import.meta.url));
const options = readOptions(
  `usage: npm run bench -- profile-forms [--output FILE] [--step N] [--hot N] [--programs]

Writes HOT_ENCODINGS (the N most frequent forms, 300 unless told) and WARM_ENCODINGS (the others that were met) to FILE, packages/cpu-x86/src/generated/hot-forms.ts
unless told. --step is the mean distance of two looks, 2,000 instructions unless told. --programs runs the benchmark programs after the boot too.`,
  {
    output: { type: "string", default: target },
    step: { type: "string", default: "2000" },
    hot: { type: "string", default: "300" },
    programs: { type: "boolean", default: false },
  },
);
const step = count(options.step, "step");
/** System instructions leave the dispatch loop anyway; x87 is slow and its handlers are long. */
const NOT_HOT =
  /fxsave|fxrstor|cpuid|rdtsc|wrmsr|rdmsr|^in |^out |iret|sysc|sysr|lgdt|lidt|swapgs|hlt|\bcr|invlpg|x87|^f/;
const UNUSABLE = /not-impl|invalid/;

/** Name of a form -> its share of all looks, summed over the boots, and an encoding with the mode it was met in. */
const forms = new Map();
const isa = new X86Isa();
const decoded = new DecodedForm();
let names = null;

noteDecoded();
const files = guestFiles();
for (const [kernel, path] of Object.entries(files.kernels)) profile(kernel, path);

const usable = [...forms].filter(([name]) => !UNUSABLE.test(name));
const hot = usable
  .filter(([name, { share }]) => share > 0 && !NOT_HOT.test(name))
  .sort((a, b) => b[1].share - a[1].share)
  .slice(0, count(options.hot, "hot"));
const hotNames = new Set(hot.map(([name]) => name));
const warm = usable.filter(([name]) => !hotNames.has(name));
writeFileSync(options.output, render(hot, warm));
const covered = hot.reduce((sum, [, { share }]) => sum + share, 0) / Object.keys(files.kernels).length;
console.log(
  `${hot.length} hot forms (${(covered * 100).toFixed(1)} % of the looks), ${warm.length} warm; wrote ${options.output}`,
);

/** Every form that any vCPU decodes gets an entry, in the order of first decoding. */
function noteDecoded() {
  const { prototype } = X86Isa;
  const decode = Reflect.get(prototype, "decode");
  prototype.decode = function (bytes, at, end, mode, into) {
    const length = Reflect.apply(decode, this, [bytes, at, end, mode, into]);
    if (length > 0 && names !== null) {
      const { name } = this.form(into.form);
      if (!forms.has(name)) forms.set(name, { share: 0, mode, hex: hexOf(bytes, at, into.length) });
    }
    return length;
  };
}

function profile(kernel, path) {
  const more = options.programs ? "nokaslr" : "nokaslr bootonly";
  const guest = createGuest({
    memory: 256 * MIB,
    kernel: path,
    initrd: files.initrd,
    append: `${COMMAND_LINE} ${more}`,
    onOutput: () => {},
  });
  const { cpu } = guest;
  names = new Map();
  let looks = 0;
  // Distances vary, so that loops do not beat with them; by a generator of our own, so that a run can be repeated.
  let random = 1;
  for (;;) {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    const exit = guest.run(Math.ceil(step * (0.5 + random / 2 ** 32)));
    if (exit.reason !== "budget") break;
    const at = guest.codeAt();
    if (at < 0 || isa.decode(cpu.u8, at, (at | 4095) + 1, cpu.get32(S.mode), decoded) <= 0) continue;
    const { name } = isa.form(decoded.form);
    names.set(name, (names.get(name) ?? 0) + 1);
    looks++;
  }
  for (const [name, n] of names) forms.get(name).share += n / looks;
  console.log(
    `${kernel}: ${guest.instructions} instructions, ${looks} looks, ${names.size} forms seen, ${forms.size} decoded so far`,
  );
}

function hexOf(bytes, at, length) {
  return Buffer.from(bytes.subarray(at, at + length)).toString("hex");
}

/** The file's own text up to the first list is kept. */
function render(hotForms, warmForms) {
  const rows = (list) => list.map(([, { mode, hex }]) => `  [${mode}, "${hex}"],\n`).join("");
  const text = readFileSync(target, "utf8");
  const head = text.slice(0, text.indexOf("= [", text.indexOf("HOT_ENCODINGS")) + 3);
  const middle = text.slice(text.indexOf("];", head.length), text.indexOf("= [", text.indexOf("WARM_ENCODINGS")) + 3);
  return `${head}\n${rows(hotForms)}${middle}\n${rows(warmForms)}];\n`;
}
