import { FORMS } from "@isinglass/isa-x86";
import { CPU_MODELS, DEFAULT_CPU_MODEL, isaOf, X86Isa } from "@isinglass/cpu-x86";
import { Interpreter, ReferenceExecutor } from "@isinglass/engine";
import { beforeAll, describe, expect, it } from "vitest";
import { BareMachine, CODE } from "./support/bare-machine.js";
import { allEncodings, type Encoding, nameOf } from "./support/encodings.js";

/** Features none of whose instructions is executed yet; each leaves with the exit for that. */
const NOT_IMPLEMENTED = new Set(
  `3DNOW AVX_VNNI GFNI SSE4A
  CLZERO ENQCMD HRESET INVLPGB MCOMMIT MONITORX MOVDIR64B MOVDIRI PCONFIG PTWRITE RDPRU RTM SERIALIZE TSXLDTRK UINTR
  WAITPKG SEV_ES SGX SMX SNP SVM VMX`.split(/\s+/),
);

/** How an instruction may end at CPL 0. */
const ENDS = /^(done|fault \d+|hlt|second-stage-fault|not-implemented)$/;

let encodings: Encoding[] = [];
beforeAll(() => {
  encodings = allEncodings();
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const label = ({ form, mode, bytes }: Encoding): string => `${nameOf(form)} in ${mode}-bit code: ${hex(bytes)}`;

describe("every form of isa-x86", () => {
  it("has an encoding", () => {
    expect(new Set(encodings.map(({ form }) => form)).size).toBe(FORMS.length);
  });

  it("ends alike in both executors, or leaves as not implemented", () => {
    const isa = new X86Isa();
    const one = new BareMachine(isa, (options) => new Interpreter(options));
    const other = new BareMachine(isa, (options) => new ReferenceExecutor(options));
    const wrong: string[] = [];
    const missing = new Set<number>();
    let done = 0;
    let executed = 0;
    for (const [seed, encoding] of encodings.entries()) {
      const { mode, bytes, form } = encoding;
      for (const machine of [one, other]) machine.load(mode, bytes, seed);
      const [a, b] = [one.step(), other.step()];
      const same =
        a.end === b.end &&
        Buffer.compare(one.state(), other.state()) === 0 &&
        Buffer.compare(one.memory(), other.memory()) === 0;
      if (!same || !ENDS.test(a.end)) wrong.push(`${label(encoding)}: ${a.end}, ${b.end}`);
      if (a.end === "done") done++;
      if (a.exit?.reason !== "not-implemented") {
        executed++;
        continue;
      }
      missing.add(form);
      // The exit says where and what: address and bytes.
      if (a.exit.address !== BigInt(CODE) || hex(a.exit.bytes) !== hex(bytes))
        wrong.push(`${label(encoding)}: bytes of the exit`);
    }
    expect(wrong).toEqual([]);
    const surprises = [...missing].filter((form) => !FORMS[form]!.features.some((name) => NOT_IMPLEMENTED.has(name)));
    expect(surprises.map(nameOf)).toEqual([]);
    const seen = new Set([...missing].flatMap((form) => FORMS[form]!.features));
    expect([...NOT_IMPLEMENTED].filter((name) => !seen.has(name))).toEqual([]);
    // The others fault.
    expect(done).toBeGreaterThan(executed * 0.7);
  });

  it.each([DEFAULT_CPU_MODEL, "x86-64-v3", "max"])("is executed, or raises #UD, on the CPU model %s", (name) => {
    const model = CPU_MODELS[name]!;
    const machine = new BareMachine(isaOf(model), (options) => new ReferenceExecutor(options));
    const missing = new Set<string>();
    for (const [seed, encoding] of encodings.entries()) {
      machine.load(encoding.mode, encoding.bytes, seed);
      if (machine.step().end === "not-implemented") missing.add(nameOf(encoding.form));
    }
    expect([...missing]).toEqual([]);
  });
});
