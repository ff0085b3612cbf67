import { requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { DECODE_INVALID, DECODE_TOO_LONG, DECODE_TRUNCATED, decode, Instruction } from "../../src/index.js";
import { Random, randomCase } from "./random-code.js";
import { describeOurs } from "./zydis-text.js";
import { buildZydisHelper, CASE_BYTES, runZydis } from "./zydis.js";
import { explainZydis } from "./zydis-differences.js";

const long = process.env["ISG_ORACLE"] === "long";
const COUNT = Number(process.env["ISG_CASES"] ?? (long ? 10_000_000 : 200_000));
const SEED = Number(process.env["ISG_SEED"] ?? Date.now() % 1_000_000);
/** Room for cases that the helper has not answered yet. */
const IN_FLIGHT = 1 << 16;
const MODES = [16, 32, 64] as const;

const NAMES: Readonly<Record<number, string>> = {
  [DECODE_INVALID]: "I",
  [DECODE_TRUNCATED]: "T",
  [DECODE_TOO_LONG]: "L",
};

describe("agreement with Zydis", () => {
  const helper = buildZydisHelper();
  const available = requireOracle("Zydis (gcc and libzydis-dev)", helper !== undefined);

  it.runIf(available)("on random bytes: validity, length, mnemonic, operands", { timeout: 3_600_000 }, async () => {
    const random = new Random(SEED);
    const insn = new Instruction();
    // Cases on their way through the helper's pipes, which hold far fewer than this.
    const answers: string[] = Array.from({ length: IN_FLIGHT }, () => "");
    const cases = new Uint8Array(IN_FLIGHT * CASE_BYTES);
    const code = new Uint8Array(16);
    let made = 0;
    const explained = new Map<string, number>();
    const differences = new Map<string, string>();
    let valid = 0;
    await runZydis(
      helper!,
      COUNT,
      (index, into) => {
        const mode = MODES[random.below(3)]!;
        const length = randomCase(random, code, mode);
        into[0] = mode;
        into[1] = length;
        into.set(code, 2);
        const r = decode(code.slice(0, length), 0, length, mode, insn);
        answers[index % IN_FLIGHT] = r > 0 ? `${r} ${describeOurs(insn)}` : NAMES[r]!;
        cases.set(into, (index % IN_FLIGHT) * CASE_BYTES);
        made = index + 1;
      },
      (index, line) => {
        if (made - index > IN_FLIGHT) throw new Error("more cases are under way than there is room for");
        const ours = answers[index % IN_FLIGHT]!;
        const tab = line.indexOf("\t");
        const theirs = tab < 0 ? line : line.slice(0, tab);
        if (tab >= 0) valid++;
        if (theirs === ours) return;
        const at = (index % IN_FLIGHT) * CASE_BYTES;
        const bytes = cases.subarray(at, at + CASE_BYTES);
        const hex = Buffer.from(bytes.subarray(2, 2 + bytes[1]!)).toString("hex");
        const [encoding = "0", extension = ""] = tab < 0 ? [] : line.slice(tab + 1).split(" ");
        const why = explainZydis({ mode: bytes[0]!, hex, extension, encoding: Number(encoding), theirs, ours });
        if (why === "same") return;
        if (why !== undefined) {
          explained.set(why, (explained.get(why) ?? 0) + 1);
          return;
        }
        const key = `${bytes[0]} ${theirs.split("|")[0]!.replace(/^\d+ /, "")} ${ours.split("|")[0]!.replace(/^\d+ /, "")}`;
        if (!differences.has(key)) differences.set(key, `${bytes[0]}:${hex} zydis: ${theirs} ours: ${ours}`);
      },
    );
    const list = [...explained]
      .sort((a, b) => b[1] - a[1])
      .map(([id, n]) => `${id}: ${n}`)
      .join(", ");
    console.log(`seed ${SEED}: ${COUNT} cases, ${valid} valid to Zydis; explained: ${list || "none"}`);
    expect([...differences.values()]).toEqual([]);
  });
});
