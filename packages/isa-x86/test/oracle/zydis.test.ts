import { requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { DECODE_INVALID, DECODE_TOO_LONG, DECODE_TRUNCATED, decode, Instruction } from "../../src/index.js";
import { EVERY_OPCODE_CASES, everyOpcodeCase } from "./every-opcode.js";
import { Random, randomCase } from "./random-code.js";
import { describeOurs } from "./zydis-text.js";
import { buildZydisHelper, CASE_BYTES, runZydis } from "./zydis.js";
import { explainZydis } from "./zydis-differences.js";

const long = process.env["ISG_ORACLE"] === "long";
const COUNT = Number(process.env["ISG_CASES"] ?? (long ? 10_000_000 : 200_000));
const SEED = Number(process.env["ISG_SEED"] ?? Date.now() % 1_000_000);
/** Room for cases that the helper has not answered yet. */
const IN_FLIGHT = 1 << 18;
const MODES = [16, 32, 64] as const;

const NAMES: Readonly<Record<number, string>> = {
  [DECODE_INVALID]: "I",
  [DECODE_TRUNCATED]: "T",
  [DECODE_TOO_LONG]: "L",
};

/** Decodes `count` cases with both and reports what differs without a reason. */
async function compare(
  helper: string,
  name: string,
  count: number,
  makeCase: (index: number, into: Uint8Array) => void,
): Promise<string[]> {
  const insn = new Instruction();
  // Cases on their way through the helper's pipes, which hold far fewer than this.
  const answers: string[] = Array.from({ length: IN_FLIGHT }, () => "");
  const cases = new Uint8Array(IN_FLIGHT * CASE_BYTES);
  const explained = new Map<string, number>();
  const differences = new Map<string, string>();
  let made = 0;
  let valid = 0;
  const make = (index: number, into: Uint8Array): void => {
    makeCase(index, into);
    const code = into.slice(2, 2 + into[1]!);
    const r = decode(code, 0, code.length, into[0] as 16 | 32 | 64, insn);
    answers[index % IN_FLIGHT] = r > 0 ? `${r} ${describeOurs(insn)}` : NAMES[r]!;
    cases.set(into, (index % IN_FLIGHT) * CASE_BYTES);
    made = index + 1;
  };
  await runZydis(helper, count, make, (index, line) => {
    if (made - index > IN_FLIGHT) throw new Error("more cases are under way than there is room for");
    const ours = answers[index % IN_FLIGHT]!;
    const tab = line.indexOf("\t");
    const theirs = tab < 0 ? line : line.slice(0, tab);
    if (tab >= 0) valid++;
    if (theirs === ours) return;
    const at = (index % IN_FLIGHT) * CASE_BYTES;
    const bytes = cases.subarray(at, at + CASE_BYTES);
    const mode = bytes[0]!;
    const hex = Buffer.from(bytes.subarray(2, 2 + bytes[1]!)).toString("hex");
    const [encoding = "0", extension = ""] = tab < 0 ? [] : line.slice(tab + 1).split(" ");
    const why = explainZydis({ mode, hex, extension, encoding: Number(encoding), theirs, ours });
    if (why === "same") return;
    if (why !== undefined) {
      explained.set(why, (explained.get(why) ?? 0) + 1);
      return;
    }
    const nameOf = (text: string): string => text.split("|")[0]!.replace(/^\d+ /, "");
    const key = `${mode} ${nameOf(theirs)} ${nameOf(ours)}`;
    if (!differences.has(key)) differences.set(key, `${mode}:${hex} zydis: ${theirs} ours: ${ours}`);
  });
  const sorted = [...explained].sort((a, b) => b[1] - a[1]);
  const list = sorted.map(([id, n]) => `${id}: ${n}`).join(", ");
  console.log(`${name}: ${count} cases, ${valid} valid to Zydis; explained: ${list || "none"}`);
  return [...differences.values()];
}

describe("agreement with Zydis in validity, length, mnemonic and operands", () => {
  const helper = buildZydisHelper();
  const available = requireOracle("Zydis (gcc and libzydis-dev)", helper !== undefined);

  it.runIf(available)("on random bytes", { timeout: 3_600_000 }, async () => {
    const random = new Random(SEED);
    const code = new Uint8Array(16);
    const differences = await compare(helper!, `seed ${SEED}`, COUNT, (_, into) => {
      const mode = MODES[random.below(3)]!;
      into[0] = mode;
      into[1] = randomCase(random, code, mode);
      into.set(code, 2);
    });
    expect(differences).toEqual([]);
  });

  it.runIf(available)("on every opcode", { timeout: 3_600_000 }, async () => {
    // Every 7th case, in the short suite every 101st (primes, so that all digits of the index vary).
    const step = Number(process.env["ISG_OPCODE_STEP"] ?? (long ? 7 : 101));
    const count = Math.floor(EVERY_OPCODE_CASES / step);
    const differences = await compare(helper!, "every opcode", count, (index, into) =>
      everyOpcodeCase(index * step, into),
    );
    expect(differences).toEqual([]);
  });
});
