import { readFileSync } from "node:fs";
import { type CoreOptions, MiB, type PcMachine, pc } from "@isinglass/machine";
import { requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { builtinGuest } from "../src/builtin/guest.js";

/** What `--stats` says of the compiler, as ratios. */
interface Figures {
  readonly instructions: number;
  readonly regions: number;
  readonly regionsPerModule: number;
  /** Bytes of WebAssembly for a compiled guest instruction. */
  readonly bytesPerInstruction: number;
  /** Regions entered from outside, in 1,000 executed instructions. */
  readonly transfers: number;
  /** Share of the executed instructions that were executed in regions. */
  readonly inRegions: number;
}

function figures(machine: PcMachine): Figures {
  const { instructions, jit } = machine.stats();
  return {
    instructions,
    regions: jit!.regions,
    regionsPerModule: jit!.regions / jit!.modules,
    bytesPerInstruction: jit!.bytes / jit!.instructions,
    transfers: (1000 * jit!.entries) / instructions,
    inRegions: jit!.executed / instructions,
  };
}

interface Boot {
  readonly kernel: Uint8Array;
  readonly commandLine: string;
  readonly memory: number;
  readonly limit: number;
  readonly tier?: NonNullable<CoreOptions["tier"]>;
}

/** Boots a guest in deterministic time until it stops or has executed `limit` instructions. */
function boot({ kernel, commandLine, memory, limit, tier = "auto" }: Boot): PcMachine {
  const machine = pc({ memory, tier }).build();
  machine.loadKernel({ kernel, commandLine });
  while (machine.vm.stopReason === undefined && machine.vcpu.instructions < limit)
    machine.run(limit - machine.vcpu.instructions);
  return machine;
}

const kernels = (process.env["ISG_KERNELS"] ?? "").split(":").filter((path) => path !== "");
const hasKernels = requireOracle("Debian kernels (ISG_KERNELS)", kernels.length > 0);

/*
 * Bounds, not values: they leave room for tuning and fail when something breaks that only makes it slow, such as modules of one
 * region, helpers that are not inlined, or hot code that leaves its region again and again.
 */
describe("the compiler's figures", () => {
  it("of the built-in guest's boot are within bounds, and the same each time", () => {
    const guest = { kernel: builtinGuest(), commandLine: "demo", memory: 64 * MiB, limit: 50_000_000 };
    const once = figures(boot(guest));
    expect(figures(boot(guest))).toEqual(once);
    // 7.7 million instructions in a few loops and a system call that is made 340,000 times. Seen: 11 regions, 102 bytes, 132 transfers.
    expect(once.instructions).toBeGreaterThan(5_000_000);
    expect(once.regions).toBeGreaterThanOrEqual(4);
    expect(once.regionsPerModule).toBeGreaterThanOrEqual(4);
    expect(once.bytesPerInstruction).toBeLessThan(150);
    expect(once.transfers).toBeGreaterThan(1);
    expect(once.transfers).toBeLessThan(200);
    expect(once.inRegions).toBeGreaterThan(0.3);
  });

  it("say of code that is compiled at first sight that more of it runs in regions, each of a module of its own", () => {
    const guest = { kernel: builtinGuest(), commandLine: "demo", memory: 64 * MiB, limit: 400_000 };
    const eager = figures(boot({ ...guest, tier: "jit" }));
    const usual = figures(boot(guest));
    expect(eager.regionsPerModule).toBe(1);
    expect(eager.regions).toBeGreaterThan(usual.regions);
    expect(eager.inRegions).toBeGreaterThan(usual.inRegions);
  });

  it.runIf(hasKernels)("of a Linux kernel's boot are within bounds", () => {
    const kernel = readFileSync(kernels[0]!);
    const limit = 300_000_000;
    const seen = figures(boot({ kernel, commandLine: "console=ttyS0 panic=-1", memory: 256 * MiB, limit }));
    expect(seen.instructions).toBe(limit);
    // Seen of Debian's cloud kernel: 13 regions a module, 38 bytes, 43 transfers, 77 % in regions.
    expect(seen.regionsPerModule).toBeGreaterThanOrEqual(3);
    expect(seen.bytesPerInstruction).toBeLessThan(80);
    expect(seen.transfers).toBeLessThan(90);
    expect(seen.inRegions).toBeGreaterThan(0.5);
  });
});
