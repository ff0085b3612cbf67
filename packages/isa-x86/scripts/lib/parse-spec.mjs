// Reads the text files in spec/ into plain objects. The grammar is described in spec/README.md.
import { readFileSync } from "node:fs";

export const MAP_FILES = [
  "one-byte.txt",
  "map-0f.txt",
  "map-0f38.txt",
  "map-0f3a.txt",
  "map-3dnow.txt",
  "x87.txt",
  "vex-0f.txt",
  "vex-0f38.txt",
  "vex-0f3a.txt",
];

/** Constraint dimensions of the decode tree, with the number of values of each. The order is the order of the tests. */
export const DIMENSIONS = [
  ["pp", 4],
  ["mod", 2],
  ["reg", 8],
  ["rm", 8],
  ["m64", 2],
  ["osz", 3],
  ["asz", 3],
  ["w", 2],
  ["l", 3],
  ["b", 2],
];

const CLASS_NAMES = [
  "none",
  "gpr8",
  "gpr8h",
  "gpr16",
  "gpr32",
  "gpr64",
  "seg",
  "cr",
  "dr",
  "st",
  "mmx",
  "xmm",
  "ymm",
  "zmm",
  "k",
  "bnd",
];
const CHOOSERS = ["-", "osz", "y", "z", "n", "asz", "l", "w"];
const PP = { NP: 1, 66: 2, F3: 4, F2: 8, NFx: 3 };
const ENCODINGS = { VEX: 1, EVEX: 2, XOP: 3 };
const PLACES = "RMVIOLDPFXN";
const ACCESS = { "-": 1, "=": 2, "+": 3 };

/** Facts that are a single word; the generator turns them into bits or fields. */
const FLAG_FACTS = new Set([
  "lock",
  "rep",
  "repz",
  "not64",
  "only64",
  "d64",
  "f64",
  "cpl0",
  "iopl",
  "pg",
  "pm",
  "undoc",
  "xrelease",
  "wig32",
]);

function fail(where, text) {
  throw new Error(`${where}: ${text}`);
}

/** Lines of a spec file without comments, each split at `|`, with its position for messages. */
export function readRows(file, text) {
  const rows = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    rows.push({ where: `${file}:${i + 1}`, cells: line.split("|").map((c) => c.trim()) });
  });
  return rows;
}

export function parseOperandTypes(text) {
  const types = new Map();
  for (const { where, cells } of readRows("operand-types.txt", text)) {
    const [name, kind, chooser, list] = cells;
    const values = list.split(/\s+/).map((item) => {
      const parts = item.split(":");
      const classOf = (n) => {
        const c = CLASS_NAMES.indexOf(n);
        return c < 0 ? fail(where, `unknown register class ${n}`) : c;
      };
      switch (kind) {
        case "reg":
          return { class: classOf(parts[0]), bits: +parts[1] };
        case "fixed":
          return { class: classOf(parts[0]), bits: +parts[1], number: +parts[2] };
        case "vsib":
          return { bits: +parts[0], class: classOf(parts[1]) };
        case "imm":
          return { bytes: parseInt(parts[0], 10), signed: parts[0].endsWith("s"), bits: +parts[1] };
        case "one":
        case "mem":
        case "moffs":
          return { bits: +parts[0] };
        case "rel":
        case "far":
          return { bytes: +parts[0] };
        default:
          return fail(where, `unknown kind ${kind}`);
      }
    });
    const choose = CHOOSERS.indexOf(chooser);
    if (choose < 0) fail(where, `unknown chooser ${chooser}`);
    types.set(name, { name, id: types.size, kind, choose, values });
  }
  return types;
}

/** `xmm/m128`, `r/m8`, `rv` … to { reg, mem } or { type }. */
function parseOperand(where, text, types) {
  const get = (n) => types.get(n) ?? fail(where, `unknown operand type ${n}`);
  if (!text.includes("/")) {
    const type = get(text);
    return type.kind === "mem" || type.kind === "vsib" ? { mem: type } : type.kind === "reg" ? { reg: type } : { type };
  }
  const [a, b] = text.split("/");
  return { reg: get(a === "r" ? `r${b.slice(1)}` : a), mem: get(b) };
}

function parseOpEn(where, text) {
  const list = [];
  for (const ch of text) {
    if (PLACES.includes(ch)) list.push({ place: ch, access: list.length === 0 && !"IDP".includes(ch) ? 2 : 1 });
    else if (ACCESS[ch] !== undefined && list.length > 0) list.at(-1).access = ACCESS[ch];
    else fail(where, `unexpected ${ch} in op/en ${text}`);
  }
  return list;
}

function parseOpcode(where, text) {
  const form = { encoding: 0, map: 0, opcode: 0, plusR: false, modrm: false, ignored: [], constraint: {} };
  const c = form.constraint;
  const tokens = text.split(/\s+/);
  if (/^(VEX|EVEX|XOP)\./.test(tokens[0])) {
    const parts = tokens.shift().split(".");
    form.encoding = ENCODINGS[parts.shift()];
    c.pp = 1;
    for (const p of parts) {
      // W0/1: W is the operand size, as REX.W is (outside 64-bit mode it is ignored). WIG: no meaning at all.
      if (p === "LIG" || p === "WIG" || p === "W0/1") form.ignored.push(p);
      else if (p === "128" || p === "L0" || p === "LZ") c.l = 1;
      else if (p === "256" || p === "L1") c.l = 2;
      else if (p === "512") c.l = 4;
      else if (p === "NP" || p === "66" || p === "F3" || p === "F2") c.pp = PP[p];
      else if (p === "W0") c.w = 1;
      else if (p === "W1") c.w = 2;
      else if (p === "0F") form.map = 1;
      else if (p === "0F38") form.map = 2;
      else if (p === "0F3A") form.map = 3;
      else if (/^M[0-9A-F]$/.test(p)) form.map = parseInt(p[1], 16);
      else fail(where, `unknown encoding part ${p}`);
    }
    if (form.encoding === 1 && c.l === undefined && !form.ignored.includes("LIG")) c.l = 3;
  } else {
    if (PP[tokens[0]] !== undefined && tokens.length > 1) c.pp = PP[tokens.shift()];
    if (tokens[0] === "0F" && tokens.length > 1) {
      tokens.shift();
      form.map = 1;
      if (tokens[0] === "38" && tokens.length > 1) {
        form.map = 2;
        tokens.shift();
      } else if (tokens[0] === "3A" && tokens.length > 1) {
        form.map = 3;
        tokens.shift();
      } else if (tokens[0] === "0F" && tokens.length > 1) {
        form.map = 16;
        tokens.shift();
      }
    }
  }
  const m = /^([0-9A-F]{2})(\+r)?$/.exec(tokens.shift() ?? "") ?? fail(where, `no opcode byte in "${text}"`);
  form.opcode = parseInt(m[1], 16);
  form.plusR = m[2] !== undefined;
  for (const t of tokens) {
    let x;
    if (t === "/r") form.modrm = true;
    else if ((x = /^\/([0-7])$/.exec(t))) {
      form.modrm = true;
      c.reg = 1 << +x[1];
    } else if ((x = /^([0-9A-F]{2})(\+i)?$/.exec(t))) {
      const byte = parseInt(x[1], 16);
      form.modrm = true;
      c.mod = 2;
      c.reg = 1 << ((byte >> 3) & 7);
      if (x[2] === undefined) c.rm = 1 << (byte & 7);
    } else if ((x = /^o(16|32|64)$/.exec(t))) c.osz = { 16: 1, 32: 2, 64: 4 }[x[1]];
    else if ((x = /^a(16|32|64)$/.exec(t))) c.asz = { 16: 1, 32: 2, 64: 4 }[x[1]];
    else if (t === "W0") c.w = 1;
    else if (t === "W1") c.w = 2;
    else if (t === "REX.B0") c.b = 1;
    else fail(where, `unknown opcode token ${t}`);
  }
  return form;
}

/** Parses the rows of one map file. Returns forms in the order of the lines. */
export function parseForms(file, text, types, features) {
  return readRows(file, text).map(({ where, cells }) => {
    const [opcodeText, openText, instruction, factsText = ""] = cells;
    const form = parseOpcode(where, opcodeText);
    form.where = where;
    form.opEn = openText;
    form.source = `${opcodeText} | ${openText} | ${instruction}`;
    const space = instruction.indexOf(" ");
    form.mnemonic = space < 0 ? instruction : instruction.slice(0, space);
    form.pattern = space < 0 ? "" : instruction.slice(space + 1).trim();
    const opTexts = form.pattern === "" ? [] : form.pattern.split(/,\s*/);
    const places = parseOpEn(where, openText);
    if (places.length !== opTexts.length) fail(where, `${opTexts.length} operands but op/en "${openText}"`);
    form.operands = opTexts.map((t, i) => ({ ...parseOperand(where, t, types), ...places[i], text: t }));
    form.facts = new Set();
    form.features = [];
    form.implicit = [];
    for (const fact of factsText.split(/\s+/)) {
      if (fact === "") continue;
      if (FLAG_FACTS.has(fact)) form.facts.add(fact);
      else if (fact.startsWith("imp=")) form.implicit = fact.slice(4).split(",");
      else
        for (const f of fact.split("+")) {
          if (!features.has(f)) fail(where, `unknown fact or feature ${f}`);
          form.features.push(f);
        }
    }
    if (form.features.length === 0) form.features.push("I86");
    const c = form.constraint;
    if (form.facts.has("not64")) c.m64 = 1;
    if (form.facts.has("only64")) c.m64 = 2;
    const m = form.operands.find((o) => o.place === "M");
    if (m && !form.modrm) fail(where, "an M operand needs /r or /digit");
    if (m && c.mod === undefined && !(m.reg && m.mem)) c.mod = m.reg ? 2 : 1;
    return form;
  });
}

/** Reads every map file that `read(name)` returns text for. */
export function readSpec(directory) {
  const read = (name) => readFileSync(new URL(name, directory), "utf8");
  const types = parseOperandTypes(read("operand-types.txt"));
  const features = parseFeatures(read("features.txt"));
  const forms = MAP_FILES.flatMap((f) => parseForms(f, read(f), types, features));
  attachFacts(forms, parseMnemonics(read("mnemonics.txt")));
  return { types, features, forms };
}

/** Bits of RFLAGS by the letters of the flags column (SDM vol. 1, figure 3-8). */
export const FLAG_BITS = {
  c: 0x1,
  p: 0x4,
  a: 0x10,
  z: 0x40,
  s: 0x80,
  t: 0x100,
  i: 0x200,
  d: 0x400,
  o: 0x800,
  l: 0x3000,
  n: 0x4000,
  v: 0x20000,
  f: 0x10000,
  e: 0x200000,
  x: 0x40000,
};

/** spec/mnemonics.txt: mnemonic to { class, flags: { r, w, u }, implicit }. */
export function parseMnemonics(text) {
  const facts = new Map();
  for (const { where, cells } of readRows("mnemonics.txt", text)) {
    const [className, flagText, implicitText, names] = cells;
    const flags = { r: 0, w: 0, u: 0 };
    for (const item of flagText.split(/\s+/).filter(Boolean)) {
      const [kind, letters] = item.split(":");
      for (const l of letters) flags[kind] |= FLAG_BITS[l] ?? fail(where, `unknown flag ${l}`);
    }
    const implicit = implicitText.split(/\s+/).filter(Boolean);
    for (const name of names.split(/\s+/)) {
      const entry = { where, class: className, flags, implicit };
      // MOVSD and CMPSD are string instructions here; the SSE2 ones have operands and take the class of their feature.
      if (facts.has(name)) fail(where, `${name} a second time`);
      facts.set(name, entry);
    }
  }
  return facts;
}

/** Class of a mnemonic that spec/mnemonics.txt does not name. */
function defaultClass(form) {
  const has = (...names) => form.features.some((f) => names.includes(f));
  if (has("X87", "I387") || (has("CMOV", "SSE3") && form.mnemonic.startsWith("f"))) return "x87";
  if (has("MMX", "3DNOW")) return "mmx";
  if (/^(SSE|SSSE|AVX|FMA|F16C|GFNI)/.test(form.features[0])) return "simd";
  return fail(form.where, `spec/mnemonics.txt does not give a class for ${form.mnemonic}`);
}

function attachFacts(forms, mnemonics) {
  const used = new Set();
  for (const form of forms) {
    const isVector = form.operands.some((o) => o.text.startsWith("xmm"));
    const facts = isVector && /^(movsd|cmpsd)$/.test(form.mnemonic) ? undefined : mnemonics.get(form.mnemonic);
    if (facts) used.add(form.mnemonic);
    form.class = facts?.class ?? defaultClass(form);
    form.flags = facts?.flags ?? { r: 0, w: 0, u: 0 };
    form.implicit = [...form.implicit, ...(facts?.implicit ?? [])];
    // A shift by one sets OF; by any other count it leaves OF undefined (SDM vol. 2B, RCL and SAL).
    if (form.class === "shift" && form.flags.u & FLAG_BITS.o) {
      const { r, w, u } = form.flags;
      const byOne = form.operands.some((o) => o.text === "1");
      form.flags = byOne ? { r, w, u: u & ~FLAG_BITS.o } : { r, w: w & ~FLAG_BITS.o, u };
    }
    if (form.mnemonic === "imul" && form.operands.length > 1) form.implicit = [];
    if (form.facts.has("rep") || form.facts.has("repz")) form.implicit.push("aCX+");
  }
  for (const [name, entry] of mnemonics) if (!used.has(name)) fail(entry.where, `no form has the mnemonic ${name}`);
}

export function parseFeatures(text) {
  const features = new Map();
  for (const { where, cells } of readRows("features.txt", text)) {
    const [name, cpuid, tier, needs = "", description = ""] = cells;
    if (!["base", "extension", "special"].includes(tier)) fail(where, `unknown tier ${tier}`);
    features.set(name, {
      name,
      id: features.size,
      cpuid,
      tier,
      needs: needs === "" ? [] : needs.split(/\s+/),
      description,
    });
  }
  for (const f of features.values())
    for (const n of f.needs) if (!features.has(n)) fail("features.txt", `${f.name} needs unknown ${n}`);
  return features;
}
