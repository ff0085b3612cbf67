// Turns parsed forms into the arrays that the decoder walks.
import { DIMENSIONS } from "./parse-spec.mjs";

const FULL = DIMENSIONS.map(([, n]) => (1 << n) - 1);

/** The places of operands, in the numbering of src/tables.ts. */
export const PLACES = { R: 1, M: 2, V: 3, I: 4, O: 5, L: 6, D: 7, P: 8, F: 9, X: 10, N: 11, 1: 12 };

/** Form flags, in the numbering of src/tables.ts. */
const FORM_FLAGS = { d64: 1, f64: 2, lock: 4 };
const FLAG_VVVV = 8;
const FLAG_MOD_IGNORED = 16;
const FLAG_GATHER = 32;

/** Numbers an encoding space and map: the index of its 256 roots. */
export const tableOf = (encoding, map) => encoding * 32 + map;

function masksOf(form) {
  return DIMENSIONS.map(([name], i) => form.constraint[name] ?? FULL[i]);
}

/** True where each mask of a lies within b's and one of them is smaller. */
function moreSpecific(a, b) {
  return a.masks.every((m, i) => (m & ~b.masks[i]) === 0) && a.masks.some((m, i) => m !== b.masks[i]);
}

class TreeBuilder {
  nodes = [];
  #known = new Map();

  /** Returns a link: 0 = invalid, n > 0 = form n - 1, n < 0 = node at offset ~n. */
  build(candidates, depth) {
    if (candidates.length === 0) return 0;
    for (let d = depth; d < DIMENSIONS.length; d++) {
      if (candidates.every((c) => c.masks[d] === FULL[d])) continue;
      const count = DIMENSIONS[d][1];
      const children = [];
      for (let v = 0; v < count; v++)
        children.push(
          this.build(
            candidates.filter((c) => c.masks[d] & (1 << v)),
            d + 1,
          ),
        );
      if (children.every((c) => c === children[0])) return children[0];
      const key = `${d}:${children.join()}`;
      let at = this.#known.get(key);
      if (at === undefined) {
        at = this.nodes.length;
        this.nodes.push(d, ...children);
        this.#known.set(key, at);
      }
      return ~at;
    }
    const best = candidates.filter((a) => candidates.every((b) => a === b || moreSpecific(a, b)));
    if (best.length !== 1) {
      throw new Error(
        `ambiguous encodings:\n${candidates.map((c) => `  ${c.form.where} ${c.form.source}`).join("\n")}`,
      );
    }
    return best[0].form.index + 1;
  }
}

/** Size choosers that depend on the operand size. */
const OPERAND_SIZE_CHOOSERS = [1, 2, 3];

/** What the encoder needs, packed as src/tables.ts says (ENCODE_*). */
function encodingWords(form) {
  const c = form.constraint;
  const mask = (name) => c[name] ?? FULL[DIMENSIONS.findIndex(([n]) => n === name)];
  const types = form.operands.flatMap((o) => [o.reg, o.mem, o.type]).filter(Boolean);
  const sized =
    c.osz !== undefined ||
    ["d64", "f64"].some((f) => form.facts.has(f)) ||
    types.some((t) => OPERAND_SIZE_CHOOSERS.includes(t.choose)) ||
    ["pusha", "popa", "iret", "retf", "sysret", "sysexit"].includes(form.mnemonic);
  const map = form.map === 16 ? 31 : form.map;
  const first =
    form.opcode |
    (map << 8) |
    (form.encoding << 13) |
    (form.plusR << 15) |
    (form.modrm << 16) |
    (mask("pp") << 17) |
    (mask("mod") << 21) |
    (mask("w") << 23) |
    (mask("l") << 25) |
    (mask("m64") << 28) |
    (form.facts.has("wig32") << 30);
  const second =
    mask("reg") | (mask("rm") << 8) | (mask("osz") << 16) | (mask("asz") << 19) | (mask("b") << 22) | (sized << 24);
  return [first, second];
}

/** Intern table: returns the index of a value, by its JSON. */
export function interner() {
  const index = new Map();
  const values = [];
  return {
    values,
    of(value) {
      const key = JSON.stringify(value);
      if (!index.has(key)) {
        index.set(key, values.length);
        values.push(value);
      }
      return index.get(key);
    },
  };
}

export function buildTables({ forms, types }) {
  forms.forEach((f, i) => {
    f.index = i;
  });
  const mnemonics = interner();
  mnemonics.of("invalid");

  // Trees.
  const slots = new Map();
  const hasModrm = new Map();
  for (const form of forms) {
    const table = tableOf(form.encoding, form.map);
    const last = form.plusR ? form.opcode + 7 : form.opcode;
    for (let op = form.opcode; op <= last; op++) {
      const masks = masksOf(form);
      const slot = table * 256 + op;
      if (!slots.has(slot)) slots.set(slot, []);
      const list = slots.get(slot);
      if (form.facts.has("wig32")) {
        // W chooses between 32 and 64 bits in 64-bit mode and is ignored in the others (SDM vol. 2A, 2.3.5.5).
        const m64 = DIMENSIONS.findIndex(([n]) => n === "m64");
        const w = DIMENSIONS.findIndex(([n]) => n === "w");
        list.push({ form, masks: masks.with(m64, 2) }, { form, masks: masks.with(m64, 1).with(w, FULL[w]) });
      } else list.push({ form, masks });
      const known = hasModrm.get(slot);
      if (known !== undefined && known !== form.modrm)
        throw new Error(`${form.where}: opcode both with and without ModRM`);
      hasModrm.set(slot, form.modrm);
    }
  }
  const builder = new TreeBuilder();
  const tableNumbers = [...new Set([...slots.keys()].map((s) => s >> 8))].sort((a, b) => a - b);
  const tableBase = new Array(128).fill(-1);
  const roots = [];
  const modrmFlags = [];
  for (const t of tableNumbers) {
    tableBase[t] = roots.length;
    for (let op = 0; op < 256; op++) {
      roots.push(builder.build(slots.get(t * 256 + op) ?? [], 0));
      modrmFlags.push(hasModrm.get(t * 256 + op) ? 1 : 0);
    }
  }

  // Operands.
  const specs = interner();
  specs.of([0, 0, 0]);
  const formOps = [];
  for (const form of forms) {
    for (let i = 0; i < 5; i++) {
      const o = form.operands[i];
      if (!o) {
        formOps.push(0);
        continue;
      }
      let place = PLACES[o.place];
      if (o.type?.kind === "one") place = PLACES[1];
      formOps.push(specs.of([place, o.reg?.id ?? o.type?.id ?? 0, o.mem?.id ?? 0]));
    }
  }

  // Operand types: four values each.
  const typeList = [...types.values()];
  const KINDS = ["reg", "fixed", "one", "mem", "vsib", "imm", "rel", "far", "moffs"];
  const four = (f) =>
    typeList.flatMap((t) => [0, 1, 2, 3].map((i) => f(t.values[Math.min(i, t.values.length - 1)]) ?? 0));

  return {
    mnemonics: mnemonics.values,
    formMnemonic: forms.map((f) => mnemonics.of(f.mnemonic)),
    formFlags: forms.map((f) => {
      let flags = 0;
      for (const [name, bit] of Object.entries(FORM_FLAGS)) if (f.facts.has(name)) flags |= bit;
      if (f.operands.some((o) => o.place === "V")) flags |= FLAG_VVVV;
      if (f.operands.some((o) => o.place === "N")) flags |= FLAG_MOD_IGNORED;
      if (f.operands.some((o) => o.mem?.kind === "vsib")) flags |= FLAG_GATHER;
      return flags;
    }),
    formOps,
    formEncoding: forms.flatMap(encodingWords),
    tableBase,
    roots,
    modrmFlags,
    tree: builder.nodes,
    specPlace: specs.values.map((s) => s[0]),
    specType: specs.values.map((s) => s[1]),
    specMem: specs.values.map((s) => s[2]),
    typeNames: typeList.map((t) => t.name),
    typeKind: typeList.map((t) => KINDS.indexOf(t.kind)),
    typeChooser: typeList.map((t) => t.choose),
    typeClass: four((v) => v.class),
    typeBits: four((v) => v.bits),
    typeNumber: four((v) => v.number),
    typeBytes: four((v) => v.bytes),
    typeSigned: typeList.map((t) => (t.values[0].signed ? 1 : 0)),
  };
}
