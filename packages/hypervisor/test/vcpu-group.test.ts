import { describe, expect, it } from "vitest";
import type { VmExit } from "@isinglass/interface";
import { type GroupedVcpu, VcpuGroup, type VcpuGroupHost } from "../src/index.js";
import { ToyVcpu } from "./toy-vcpu.js";

/** A toy that takes turns. */
class Member extends ToyVcpu implements GroupedVcpu {
  group: VcpuGroupHost | undefined;
  yieldsOnPause = false;
  hasYielded = false;
  /** Counts at which it waits for the others. */
  pausesAt: number[] = [];
  /** How many instructions each run was given, and executed. */
  readonly turns: number[] = [];

  isAnswered = false;

  override run(budget: number): VmExit {
    const before = this.instructions;
    const [pause] = this.pausesAt;
    this.hasYielded = this.yieldsOnPause && pause !== undefined && pause <= before + budget;
    if (this.hasYielded) this.pausesAt.shift();
    const exit = super.run(this.hasYielded ? pause! - before : budget);
    this.turns.push(this.instructions - before);
    this.isAnswered = exit.reason === "cpuid";
    return exit;
  }
}

describe("a group of vCPUs", () => {
  it("gives each a turn of so many instructions, however the run is cut", () => {
    for (const slice of [1, 7, 64, 1000]) {
      const members = [new Member(), new Member(), new Member()];
      const group = new VcpuGroup(members, 64);
      while (group.instructions < 1000) group.run(Math.min(slice, 1000 - group.instructions));
      // Five rounds of 192, then 40 of the first's sixth turn.
      expect(members.map(({ instructions }) => instructions)).toEqual([360, 320, 320]);
    }
  });

  it("gives the rest of a turn away at a PAUSE while another could run", () => {
    const members = [new Member(), new Member()];
    members[0]!.pausesAt = [10];
    const group = new VcpuGroup(members, 64);
    group.run(100);
    expect(members.map(({ turns }) => turns)).toEqual([[10, 26], [64]]);
  });

  it("lets one that is alone run through its pauses", () => {
    const members = [new Member(), new Member()];
    members[1]!.halted = true;
    members[0]!.pausesAt = [10];
    const group = new VcpuGroup(members, 64);
    group.run(100);
    expect(members.map(({ instructions }) => instructions)).toEqual([100, 0]);
    members[1]!.halted = false;
    group.readinessChanged();
    expect(members.map(({ yieldsOnPause }) => yieldsOnPause)).toEqual([true, false]);
  });

  it("passes the turn of one that should wake and sleeps on, and gives up where all do", () => {
    class Sleeper extends Member {
      override readonly halted = true;
      override get isReady(): boolean {
        return true;
      }
      override run(): VmExit {
        return { reason: "hlt" };
      }
    }
    const [sleeper, worker] = [new Sleeper(), new Member()];
    const group = new VcpuGroup([sleeper, worker], 64);
    expect(group.run(100)).toEqual({ reason: "budget" });
    expect(worker.instructions).toBe(100);
    expect(new VcpuGroup([new Sleeper(), new Sleeper()]).run(100)).toEqual({ reason: "hlt" });
  });

  it("says that it has halted when the last has", () => {
    const members = [new Member(), new Member()];
    members[0]!.script = [{ after: 5, exit: { reason: "hlt" } }];
    members[1]!.script = [{ after: 9, exit: { reason: "hlt" } }];
    const group = new VcpuGroup(members, 64);
    expect(group.run(1000)).toEqual({ reason: "hlt" });
    expect([group.instructions, group.halted]).toEqual([14, true]);
    expect(group.run(1000)).toEqual({ reason: "hlt" });
    members[1]!.halted = false;
    expect(group.run(20)).toEqual({ reason: "budget" });
    expect(members[1]!.instructions).toBe(29);
  });

  it("answers the exit of the one that left, and goes on with it", () => {
    const members = [new Member(), new Member()];
    members[1]!.script = [{ after: 3, exit: { reason: "cpuid", leaf: 0, subleaf: 0 } }];
    const group = new VcpuGroup(members, 64);
    expect(group.run(1000).reason).toBe("cpuid");
    expect(group.current).toBe(members[1]);
    group.complete(7n);
    expect(members.map(({ answers }) => answers)).toEqual([[], [7n]]);
    group.run(61);
    expect(members.map(({ instructions }) => instructions)).toEqual([64, 64]);
  });

  it("lets nobody run on while an exit at the last count of a turn is answered", () => {
    const members = [new Member(), new Member()];
    members[0]!.script = [{ after: 64, exit: { reason: "cpuid", leaf: 0, subleaf: 0 } }];
    const group = new VcpuGroup(members, 64);
    expect(group.run(1000).reason).toBe("cpuid");
    group.complete(7n);
    group.run(10);
    expect(members.map(({ instructions }) => instructions)).toEqual([65, 9]);
  });

  it("refuses a saved turn that is nobody's", () => {
    const group = new VcpuGroup([new Member(), new Member()], 64);
    group.run(70);
    const state = group.save();
    expect(state).toEqual({ current: 1, left: 58 });
    group.load(state, 1);
    for (const bad of [null, { current: 2, left: 1 }, { current: 0, left: 65 }, { current: 0.5, left: 1 }, { left: 1 }])
      expect(() => group.load(bad, 1)).toThrow(/vcpus/);
  });
});
