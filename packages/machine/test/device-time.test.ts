import { describe, expect, it } from "vitest";
import { type CoreOptions, MiB, bare } from "../src/index.js";
import { CODE_AT, code } from "./support.js";

const DEVICE = 0x100_0000;
const PORT = 0x80;
const ROUNDS = 1500;
const DATA = 0x8000;
/** Nanoseconds: of an instruction, of a cycle of the ISA bus and of an access to memory of a device. */
const INSTRUCTION = 4;
const ACCESS = { port: 1000, memory: 500 };

const LOOP = `
  mov ecx, ${ROUNDS}
again:
  mov eax, [${DEVICE}]
  in al, ${PORT}
  mov [${DEVICE + 16}], eax
  mov rax, [${DEVICE + 8}]
  add rbx, rax
  dec ecx
  jnz again
  mov esi, ${DEVICE + 0x100}
  mov edi, ${DATA}
  mov ecx, 40
  rep movsb
  hlt`;

interface Outcome {
  /** Instructions and time at which each timer fired, and when it was due. */
  readonly timers: readonly { readonly count: number; readonly at: number; readonly due: number }[];
  /** Each access, with the time at which the device saw it. */
  readonly accesses: readonly string[];
  readonly instructions: number;
  readonly now: number;
}

/** Runs the loop in slices of so many instructions. The timers are due far apart, so that a run has time to spare, and soon after one another. */
function run(options: Partial<CoreOptions>, slice: number, periods: readonly number[]): Outcome {
  const machine = bare({ memory: MiB, ...options });
  const { clock } = machine.core;
  const timers: { count: number; at: number; due: number }[] = [];
  const accesses: string[] = [];
  const note = (what: string): void => void accesses.push(`${what} ${clock.now()}`);
  machine.bus.mapMmio(
    DEVICE,
    4096,
    {
      readMmio: (offset, size) => {
        note(`read ${offset} ${size}`);
        return 1;
      },
      writeMmio: (offset, size) => note(`write ${offset} ${size}`),
    },
    "device",
  );
  machine.bus.mapPorts(
    PORT,
    1,
    {
      readPort: () => {
        note("in");
        return 1;
      },
      writePort: () => undefined,
    },
    "port",
  );
  for (const period of periods) {
    const arm = (due: number): void => {
      clock.schedule(due, () => {
        timers.push({ count: machine.vcpu.instructions, at: clock.now(), due });
        arm(due + period);
      });
    };
    arm(period);
  }
  machine.load(CODE_AT, code(LOOP));
  machine.enter({ mode: 64, address: CODE_AT });
  while (!machine.vcpu.halted && machine.vcpu.instructions < ROUNDS * 8) machine.run(slice);
  return { timers, accesses, instructions: machine.vcpu.instructions, now: clock.now() };
}

describe("the time that accesses to devices take", () => {
  const periods = [2_000_003, 700_001, 50_001];

  it("is that of a bus cycle for each of them, once", () => {
    const { accesses } = run({}, 1e9, []);
    const reads = accesses.filter((each) => each.startsWith("read")).length;
    // A qword is two accesses to a device on a bus of 32 bits.
    expect(reads).toBe(ROUNDS * 3 + 40);
    expect(accesses).toHaveLength(ROUNDS * 5 + 40);
    const times = accesses.slice(0, 6).map((each) => Number(each.split(" ").at(-1)));
    const apart = times.slice(1).map((time, i) => time - times[i]!);
    const { memory, port } = ACCESS;
    expect(apart).toEqual([
      memory + INSTRUCTION,
      port + INSTRUCTION,
      memory + INSTRUCTION,
      memory,
      memory + 4 * INSTRUCTION,
    ]);
  });

  it.each(["interp", "jit", "auto"] as const)(
    "lets timers fire at the first instruction that begins when they are due, tier %s",
    (tier) => {
      const { timers } = run({ tier }, 1e9, periods);
      expect(timers.length).toBeGreaterThan(80);
      // An instruction takes no longer than its two accesses, or one to a port, and itself.
      for (const { at, due } of timers) {
        expect(at).toBeGreaterThanOrEqual(due);
        expect(at - due).toBeLessThan(ACCESS.port + INSTRUCTION);
      }
    },
  );

  it.each([1, 7, 1000])("is the same however the run is cut: into slices of %d instructions", (slice) => {
    const whole = run({ tier: "interp" }, 1e9, periods);
    expect(run({ tier: "interp" }, slice, periods)).toEqual(whole);
    expect(run({ tier: "jit" }, slice, periods)).toEqual(whole);
  });

  it("is the same for code that is compiled, and for the reference", () => {
    const whole = run({ tier: "interp" }, 1e9, periods);
    expect(run({ tier: "jit" }, 1e9, periods)).toEqual(whole);
    expect(run({ tier: "auto" }, 1e9, periods)).toEqual(whole);
    expect(run({ executor: "reference" }, 1e9, periods)).toEqual(whole);
  });

  it("is none where time is the host's", () => {
    const { accesses } = run({ clock: "realtime", now: () => 5 }, 1e9, []);
    expect(new Set(accesses.map((each) => each.split(" ").at(-1)))).toEqual(new Set(["0"]));
  });
});
