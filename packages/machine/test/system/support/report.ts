import { IMAGE, PAGE_TABLES } from "./tables.js";
import type { Case } from "./program.js";

const FIELDS_32 = [
  "vector",
  "error",
  "ip",
  "cs",
  "flags",
  "frame",
  "ss",
  "ax",
  "bx",
  "cx",
  "dx",
  "cr2",
  "cr0",
  "ds",
  "fs",
  "osp",
  "oss",
];
const FIELDS_64 = [
  "vector",
  "error",
  "ip",
  "cs",
  "flags",
  "frame",
  "ss",
  "ax",
  "bx",
  "cx",
  "dx",
  "cr2",
  "cr0",
  "osp",
  "oss",
  "ds",
  "fs",
];
/** What a case begins with: not shown. */
const USUAL: Readonly<Record<string, string>> = {
  ax: "11111111",
  bx: "22222222",
  cx: "33333333",
  dx: "44444444",
  cr2: "0",
  flags: "2",
  ds: "10",
  fs: "10",
  ss: "10",
  osp: "0",
  oss: "0",
  error: "bad",
};

/**
 * A program's output with names: a line a case, `name: vector=d error=18 ...`, in which registers that still have what they began
 * with are left out. The output is a record a case, its number and the fields; what does not fill a record is text about the end.
 */
export function report(
  output: string,
  cases: readonly Case[],
  bits: 32 | 64,
  cr0: number,
  starts: readonly number[],
): Map<string, string> {
  const lines = new Map<string, string>();
  const fields = bits === 64 ? FIELDS_64 : FIELDS_32;
  const usual: Record<string, string> = { ...USUAL, cr0: cr0.toString(16) };
  const size = bits / 8;
  const text = (at: number): string => {
    let digits = "";
    for (let i = size - 1; i >= 0; i -= 1)
      digits += output
        .charCodeAt(at + i)
        .toString(16)
        .padStart(2, "0");
    return digits.replace(/^0+(?=.)/, "");
  };
  const record = (fields.length + 1) * size;
  let at = 0;
  for (; at + record <= output.lastIndexOf("end: "); at += record) {
    const number = Number.parseInt(text(at), 16);
    const start = starts[number] ?? 0;
    const shown = fields
      .map((field, i) => [field, text(at + (i + 1) * size)] as const)
      .filter(([field, value]) => value !== usual[field])
      .map(([field, value]) => `${field}=${field === "ip" ? place(value, start) : value}`);
    let name = cases[number]?.name ?? `case ${number}`;
    while (lines.has(name)) name += " again";
    lines.set(name, shown.join(" "));
  }
  lines.set("(end)", output.slice(at).trim());
  return lines;
}

/** An instruction pointer as offset in the case's code; `elsewhere` in the program, else the address. */
function place(ip: string, start: number): string {
  const address = Number.parseInt(ip, 16);
  // In the 16-bit code segment, whose base is the image, the pointer is an offset already.
  for (const linear of [address, address + IMAGE])
    if (linear >= start && linear < start + 0x200) return (linear - start).toString(16);
  return address >= IMAGE && address < PAGE_TABLES ? "elsewhere" : ip;
}

/** As a file: a line a case. */
export function printReport(lines: ReadonlyMap<string, string>): string {
  return [...lines].map(([name, text]) => `${name}: ${text}\n`).join("");
}
