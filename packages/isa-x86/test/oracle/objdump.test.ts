import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { DECODE_INVALID, decode, formatIntel, Instruction } from "../../src/index.js";
import { type Binary, extractKernel, hostBinaries, kernelImages } from "./corpus.js";
import { EXPLAINED } from "./explained.js";
import { normaliseObjdump, normaliseOurs } from "./objdump-text.js";
import { scratchFolder } from "./scratch.js";

const LINE = /^\s*([0-9a-f]+):\t([0-9a-f ]+?)\s*\t(.*)$/;

/** Extensions that the description does not have yet: AVX-512 masks (VEX-encoded), AMX, AMD XOP. */
const LATER_EXTENSION = /^k(mov|ortest|test|x?n?or|andn?|not|add|shift|unpck)|^tile|^vprot/;

interface Result {
  lines: number;
  compared: number;
  evex: number;
  explained: Map<string, number>;
  differences: Map<string, string>;
}

/** Decodes each instruction that objdump shows and compares length and text; identical encodings are compared once. */
async function compare(binary: Binary): Promise<Result> {
  const sections = binary.sections.flatMap((s) => ["-j", s]);
  const child = spawn("objdump", ["-d", "-M", "intel,intel64", "-w", "--insn-width=16", ...sections, binary.path]);
  const result: Result = { lines: 0, compared: 0, evex: 0, explained: new Map(), differences: new Map() };
  const seen = new Set<string>();
  const insn = new Instruction();
  for await (const line of createInterface({ input: child.stdout })) {
    const match = LINE.exec(line);
    if (!match) continue;
    result.lines++;
    const hex = match[2]!.replaceAll(" ", "");
    if (seen.has(hex)) continue;
    seen.add(hex);
    result.compared++;
    const bytes = Buffer.from(hex, "hex");
    const length = decode(bytes, 0, bytes.length, 64, insn);
    const theirs = normaliseObjdump(match[3]!);
    const ours =
      length > 0
        ? normaliseOurs(formatIntel(insn, BigInt(`0x${match[1]}`)))
        : length === DECODE_INVALID
          ? "(bad)"
          : `error ${length}`;
    if (theirs === ours && (length === bytes.length || length < 0)) continue;
    if (/^((26|2e|36|3e|64|65|67)*)62/.test(hex) || LATER_EXTENSION.test(theirs)) {
      result.evex++;
      continue;
    }
    const known = EXPLAINED.find((e) => e.applies(theirs, ours, hex));
    if (known) {
      result.explained.set(known.id, (result.explained.get(known.id) ?? 0) + 1);
      continue;
    }
    const key = `${theirs
      .split(" ")
      .slice(0, 2)
      .join(" ")
      .replace(/0x[0-9a-f]+/g, "N")
      .replace(/[re]?[a-ds][xip]l?|r[0-9]+[dwb]?/g, "R")} | ${ours.split(" ")[0]}`;
    if (!result.differences.has(key))
      result.differences.set(key, `${hex}  objdump: ${theirs}  ours: ${ours} (${length})`);
  }
  return result;
}

describe("agreement with objdump", () => {
  const available = requireOracle("objdump", hasCommand("objdump"));
  const binaries = available ? hostBinaries() : [];
  const kernels = available ? kernelImages() : [];
  requireOracle("binaries of the host (bash, libc, libcrypto)", binaries.length > 0 || !available);
  requireOracle("Debian kernels (ISG_KERNELS)", kernels.length > 0 || !available);
  const folder = scratchFolder();
  const cases: [string, () => Binary][] = [
    ...binaries.map((b): [string, () => Binary] => [b.name, () => b]),
    ...kernels.map((k): [string, () => Binary] => [k, () => extractKernel(k, folder)]),
  ];
  it.for(cases)("%s: length, mnemonic and operands", { timeout: 600_000 }, async ([name, get]) => {
    const result = await compare(get());
    const explained = [...result.explained].map(([id, n]) => `${id}: ${n}`).join(", ");
    console.log(
      `${name}: ${result.lines} instructions, ${result.compared} distinct, EVEX ${result.evex}; explained: ${explained || "none"}`,
    );
    expect([...result.differences.values()]).toEqual([]);
    expect(result.lines).toBeGreaterThan(10_000);
  });
});
