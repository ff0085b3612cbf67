import { beforeAll, describe, expect, it } from "vitest";
import { requireOracle } from "@isinglass/testkit";
import {
  createContender,
  type Form,
  hostInfo,
  hostIsUsable,
  listForms,
  run,
  type RunResult,
  selectForms,
  zydisIsUsable,
} from "../src/index.js";

const usable = requireOracle(
  "gcc and Zydis on x86-64 Linux, to hold execution against the host CPU",
  hostIsUsable() && zydisIsUsable(),
);

describe.runIf(usable)("the oracle on the host CPU", () => {
  let forms: Form[] = [];
  beforeAll(() => {
    forms = selectForms(listForms(), ["baseline"]).forms;
  });

  const check = async (executor: string, chosen: readonly Form[], states: number): Promise<RunResult> =>
    run({ forms: chosen, mode: 64, states, seed: 1, info: hostInfo() }, [await createContender(executor)]);

  it("agrees with itself on every form, and every case ends", async () => {
    const result = await check("host", forms, 10);
    const contender = result.contenders[0]!;
    expect(forms.length).toBeGreaterThan(1900);
    expect(contender.forms.reduce((total, form) => total + form.equal, 0)).toBe(forms.length * 10);
    expect(result.timeouts).toEqual([]);
  });

  it.each([
    ["overflow", "add r32, r32 (01)"],
    ["upper-half", "mov r32, r32 (89)"],
    ["sticky", "divss xmm, xmm (0f5e)"],
    ["error-code", "mov m64, r64 (89)"],
    ["store", "mov m8, r8 (88)"],
    ["tags", "fld1 (d9/5)"],
  ])("catches the planted error %s in %s", async (mutation, id) => {
    const form = forms.find((candidate) => candidate.id === id)!;
    const result = await check(`mutant:${mutation}`, [form], 200);
    const [outcome] = result.contenders[0]!.forms;
    expect(outcome!.different).toBeGreaterThan(0);
    expect(outcome!.first).toBeDefined();
  });

  it("does not blame forms that a planted error cannot touch", async () => {
    const chosen = forms.filter((form) => ["nop (90)", "bswap r64 (0fc8)", "mov m64, r64 (89)"].includes(form.id));
    expect(chosen.length).toBe(3);
    const result = await check("mutant:tags", chosen, 100);
    expect(result.contenders[0]!.forms.map((form) => form.different)).toEqual([0, 0, 0]);
  });

  it("stops an instruction that does not end and goes on", async () => {
    const { Batch } = await import("../src/batch.js");
    const { Host } = await import("../src/host.js");
    const { Generator } = await import("../src/generate/generator.js");
    const { AT_VECTOR, AT_CODE, VECTOR_TIMEOUT, NO_VECTOR, BACKGROUND } = await import("../src/layout.js");
    const { MachineState } = await import("../src/state.js");
    const state = new MachineState();
    state.bytes.set(new Generator({ mode: 64, seed: 1, segmentBases: true }).make(forms[0]!, 0, 0).state.bytes);
    state.bytes.set([0xeb, 0xfe], AT_CODE);
    state.codeLength = 2;
    const batch = new Batch();
    batch.add(state, BACKGROUND, []);
    state.bytes.set([0x90], AT_CODE);
    state.codeLength = 1;
    batch.add(state, BACKGROUND, []);
    const host = new Host();
    const answer = await host.run(batch);
    host.close();
    const vectors = [0, 1].map((i) => {
      answer.loadState(i, state);
      return state.words[AT_VECTOR >> 2];
    });
    expect(vectors).toEqual([VECTOR_TIMEOUT, NO_VECTOR]);
  });
});
