import { assemble } from "@isinglass/isa-x86";

/**
 * What random programs find in the first 128 KiB of memory: an interrupt vector table, descriptor tables, task-state segments, page tables of every kind
 * of paging, and handlers that go on with the next slot of the program. The programs may destroy all of it; each begins with a fresh copy.
 */
export const TEMPLATE_BYTES: number = 0x20000;
export const GDT: number = 0x1000;
export const GDT_LIMIT: number = 0x17f;
export const IDT_32: number = 0x2000;
export const IDT_64: number = 0x3000;
export const TSS_32: number = 0x4000;
/** With the interrupt redirection bitmap and a bitmap of all ports. */
export const TSS_32_LIMIT: number = 0x88 + 0x2000;
export const TSS_64: number = 0x7000;
const TSS_TASK = 0x7200;
export const LDT: number = 0x7800;
export const HANDLERS: number = 0x8000;
export const PAGES_32: number = 0x10000;
const TABLE_32 = 0x11000;
/** Entries of the first 2 MiB, for PAE and long mode. */
export const TABLE_64: number = 0x12000;
export const TABLE_32_ENTRIES: number = TABLE_32;
const DIRECTORY_0 = 0x14000;
const DIRECTORY_3 = 0x15000;
const POINTERS_LONG = 0x16000;
export const POINTERS_PAE: number = 0x17000;
export const PAGES_4: number = 0x18000;
export const PAGES_5: number = 0x19000;
/** Bytes of a program's slot: a handler returns to the beginning of the next. */
export const SLOT: number = 16;

export const SELECTORS = {
  CODE32: 0x08,
  DATA: 0x10,
  UCODE32: 0x1b,
  UDATA: 0x23,
  CODE64: 0x28,
  UCODE64: 0x33,
  CODE16: 0x38,
  UCODE16: 0x43,
  DATA16: 0x48,
  CODE1: 0x51,
  DATA1: 0x59,
  LDT: 0x60,
  TSS32: 0x70,
  TSS64: 0x80,
} as const;

const flat = (access: number, flags: number): bigint =>
  0x000f_0000_0000_ffffn | (BigInt(access) << 40n) | (BigInt(flags) << 52n);
const system = (base: number, limit: number, access: number): bigint =>
  BigInt(limit & 0xffff) | (BigInt(base & 0xffffff) << 16n) | (BigInt(access) << 40n) | (BigInt(base >>> 24) << 56n);
const gate = (selector: number, offset: number, access: number): bigint =>
  BigInt(offset & 0xffff) | (BigInt(selector) << 16n) | (BigInt(access) << 40n) | (BigInt(offset >>> 16) << 48n);

/** By selector. */
const DESCRIPTORS: Readonly<Record<number, bigint>> = {
  0x08: flat(0x9b, 0xc),
  0x10: flat(0x93, 0xc),
  0x18: flat(0xfb, 0xc),
  0x20: flat(0xf3, 0xc),
  0x28: flat(0x9b, 0xa),
  0x30: flat(0xfb, 0xa),
  0x38: flat(0x9b, 0),
  0x40: flat(0xfb, 0),
  0x48: flat(0x93, 0),
  0x50: flat(0xbb, 0xc),
  0x58: flat(0xb3, 0xc),
  0x60: system(LDT, 0xff, 0x82),
  0x70: system(TSS_32, TSS_32_LIMIT, 0x8b),
  0x80: system(TSS_64, 0x67, 0x8b),
  0x90: system(TSS_TASK, 0x67, 0x89),
  0x98: gate(0x08, HANDLERS, 0xec),
  0xa0: gate(0x90, 0, 0xe5),
  0xa8: flat(0x97, 0xc),
  0xb0: flat(0x9f, 0xc),
  0xb8: flat(0x13, 0xc),
  0xc0: gate(0x28, HANDLERS + 0x100, 0xec),
  0xd0: system(TSS_TASK, 0x67, 0x81),
  0xd8: gate(0x38, HANDLERS, 0xe4),
  0xe0: flat(0x91, 0xc),
  0xe8: flat(0x99, 0xc),
  0xf0: flat(0xf7, 0x4),
};

/** Handlers: without an error code, with one, of an interrupt; 64 bytes each. */
const WIDE = (sp: string, step: number, end: string, eoi: string): readonly string[] => [
  `and ${sp} [${step === 8 ? "rsp" : "esp"}], -16\nadd ${sp} [${step === 8 ? "rsp" : "esp"}], 16\n${end}`,
  `add ${step === 8 ? "rsp" : "esp"}, ${step}\nand ${sp} [${step === 8 ? "rsp" : "esp"}], -16\nadd ${sp} [${step === 8 ? "rsp" : "esp"}], 16\n${end}`,
  `${eoi}\n${end}`,
];
const HANDLERS_32 = WIDE("dword", 4, "iretd", "push eax\nmov eax, 0xfee000b0\nmov dword [eax], 0\npop eax");
const HANDLERS_64 = WIDE("qword", 8, "iretq", "push rax\nmov eax, 0xfee000b0\nmov dword [rax], 0\npop rax");
const HANDLER_16 = "push bp\nmov bp, sp\nand word [bp+2], 0xfff0\nadd word [bp+2], 16\npop bp\niret";
/** Vectors that push an error code (SDM vol. 3A, table 6-1). */
const WITH_ERROR = new Set([8, 10, 11, 12, 13, 14, 17]);

const which = (vector: number): number => (vector >= 32 ? 0x80 : WITH_ERROR.has(vector) ? 0x40 : 0);

function makeTemplate(): Uint8Array {
  const bytes = new Uint8Array(TEMPLATE_BYTES);
  const view = new DataView(bytes.buffer);
  const code = (at: number, text: string, mode: 16 | 32 | 64): void =>
    bytes.set(assemble(text, { mode, origin: BigInt(at) }).bytes, at);
  HANDLERS_32.forEach((text, i) => code(HANDLERS + i * 0x40, text, 32));
  HANDLERS_64.forEach((text, i) => code(HANDLERS + 0x100 + i * 0x40, text, 64));
  code(HANDLERS + 0x200, HANDLER_16, 16);
  for (let vector = 0; vector < 256; vector += 1) {
    view.setUint32(vector * 4, HANDLERS + 0x200, true);
    view.setBigUint64(IDT_32 + vector * 8, gate(SELECTORS.CODE32, HANDLERS + which(vector), 0xee), true);
    view.setBigUint64(IDT_64 + vector * 16, gate(SELECTORS.CODE64, HANDLERS + 0x100 + which(vector), 0xee), true);
  }
  // A task gate and gates of inner rings only.
  view.setBigUint64(IDT_32 + 0x41 * 8, DESCRIPTORS[0xa0]!, true);
  view.setBigUint64(IDT_32 + 0x42 * 8, gate(SELECTORS.CODE32, HANDLERS, 0x8f), true);
  view.setBigUint64(IDT_64 + 0x42 * 16, gate(SELECTORS.CODE64, HANDLERS + 0x100, 0x8f), true);
  bytes[IDT_64 + 0x43 * 16 + 4] = 1;
  for (const [selector, descriptor] of Object.entries(DESCRIPTORS))
    view.setBigUint64(GDT + Number(selector), descriptor, true);
  for (const at of [TSS_32, TSS_TASK]) {
    for (let ring = 0; ring < 3; ring += 1) {
      view.setUint32(at + 4 + ring * 8, 0x52000 + ring * 0x1000, true);
      view.setUint32(at + 8 + ring * 8, [SELECTORS.DATA, SELECTORS.DATA1, 0][ring]!, true);
    }
  }
  view.setUint16(TSS_32 + 0x66, 0x88, true);
  bytes.fill(0xff, TSS_32 + 0x88 + 0x80, TSS_32 + 0x88 + 0x100);
  // A task that begins in a handler, and would go on behind it.
  view.setUint32(TSS_TASK + 0x20, HANDLERS, true);
  view.setUint32(TSS_TASK + 0x24, 2, true);
  view.setUint32(TSS_TASK + 0x38, 0x51000, true);
  [SELECTORS.DATA, SELECTORS.CODE32, SELECTORS.DATA, SELECTORS.DATA, SELECTORS.DATA, SELECTORS.DATA].forEach((s, i) =>
    view.setUint32(TSS_TASK + 0x48 + i * 4, s, true),
  );
  for (let stack = 0; stack < 7; stack += 1)
    view.setBigUint64(TSS_64 + 4 + stack * 8 + (stack >= 3 ? 8 : 0), BigInt(0x52000 + stack * 0x400), true);
  view.setBigUint64(LDT + 8, flat(0xfb, 0xc), true);
  view.setBigUint64(LDT + 16, flat(0xf3, 0xc), true);
  view.setBigUint64(LDT + 24, gate(SELECTORS.CODE32, HANDLERS, 0xec), true);
  pageTables(view);
  return bytes;
}

/** Identity, for everybody, writable. */
function pageTables(view: DataView): void {
  const put = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  for (let i = 0; i < 1024; i += 1) {
    view.setUint32(TABLE_32 + i * 4, i * 4096 + 7, true);
    view.setUint32(PAGES_32 + i * 4, ((i << 22) | 0x87) >>> 0, true);
  }
  view.setUint32(PAGES_32, TABLE_32 + 7, true);
  for (let i = 0; i < 512; i += 1) {
    put(TABLE_64 + i * 8, i * 4096 + 7);
    put(DIRECTORY_0 + i * 8, i * 0x20_0000 + 0x87);
    put(DIRECTORY_3 + i * 8, 0xc000_0000 + i * 0x20_0000 + 0x87);
  }
  put(DIRECTORY_0, TABLE_64 + 7);
  [DIRECTORY_0, 0x4000_0080, DIRECTORY_0, DIRECTORY_3].forEach((next, i) => put(POINTERS_LONG + i * 8, next + 7));
  [DIRECTORY_0, DIRECTORY_0, DIRECTORY_0, DIRECTORY_3].forEach((next, i) => put(POINTERS_PAE + i * 8, next + 1));
  for (const i of [0, 1, 256, 511]) {
    put(PAGES_4 + i * 8, POINTERS_LONG + 7);
    put(PAGES_5 + i * 8, PAGES_4 + 7);
  }
}

export const TEMPLATE: Uint8Array = makeTemplate();
