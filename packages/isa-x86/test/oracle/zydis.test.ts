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
    const answers = new Map<number, string>();
    const cases = new Map<number, Uint8Array>();
    const explained = new Map<string, number>();
    const differences = new Map<string, string>();
    let valid = 0;
    await runZydis(
      helper!,
      COUNT,
      (index, into) => {
        const mode = MODES[random.below(3)]!;
        const code = new Uint8Array(16);
        const length = randomCase(random, code, mode);
        into[0] = mode;
        into[1] = length;
        into.set(code, 2);
        const exact = code.slice(0, length);
        const r = decode(exact, 0, length, mode, insn);
        answers.set(index, r > 0 ? `${r} ${describeOurs(insn)}` : NAMES[r]!);
        cases.set(index, into.slice(0, CASE_BYTES));
      },
      (index, line) => {
        const ours = answers.get(index)!;
        const bytes = cases.get(index)!;
        answers.delete(index);
        cases.delete(index);
        const parts = /^(\d+) (\S+) (\d) (.*)$/.exec(line);
        const theirs = parts ? `${parts[1]} ${parts[4]}` : line;
        if (parts) valid++;
        if (theirs === ours) return;
        const hex = Buffer.from(bytes.subarray(2, 2 + bytes[1]!)).toString("hex");
        const why = explainZydis({
          mode: bytes[0]!,
          hex,
          extension: parts?.[2] ?? "",
          encoding: Number(parts?.[3] ?? 0),
          theirs,
          ours,
        });
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
