import { CPU_MODELS, type CpuModel } from "@isinglass/cpu-x86";
import { assemble } from "@isinglass/isa-x86";
import { describe, expect, it } from "vitest";
import { type BareMachine, type BareOptions, MiB, bare } from "../src/index.js";

const GDT = 0x3000;
const IDT = 0x4000;
const POINTERS = 0x5000;
const HITS = 0x6000;
/** What the task that is entered executes, and its task-state segment. */
const TASK_CODE = 0x9000;
const TASK = 0x8100;

const bytesOf = (text: string, at: number): Uint8Array => assemble(text, { mode: 32, origin: BigInt(at) }).bytes;

interface Parts {
  readonly options?: Partial<BareOptions>;
  /** Text of handlers, or the whole gate. */
  readonly handlers: Readonly<Record<number, string | bigint>>;
  readonly descriptors?: readonly bigint[];
}

/** A machine about to execute `text` in flat 32-bit ring 0, then `cli; hlt`. */
function machineOf(text: string, { options = {}, handlers, descriptors = [] }: Parts): BareMachine {
  const machine = bare({ memory: 2 * MiB, ...options });
  const tables = new DataView(new ArrayBuffer(0x3000));
  [0x00cf9b000000ffffn, 0x00cf93000000ffffn, ...descriptors].forEach((descriptor, i) =>
    tables.setBigUint64(8 + 8 * i, descriptor, true),
  );
  Object.entries(handlers).forEach(([vector, handler], i) => {
    const at = 0xa000 + 0x80 * i;
    if (typeof handler === "string") machine.load(at, bytesOf(handler, at));
    const gate = typeof handler === "string" ? (0x8e00n << 32n) | BigInt((8 << 16) | at) : handler;
    tables.setBigUint64(IDT - GDT + Number(vector) * 8, gate, true);
  });
  tables.setUint16(POINTERS - GDT, 0x7f, true);
  tables.setUint32(POINTERS - GDT + 2, GDT, true);
  tables.setUint16(POINTERS - GDT + 8, 0x7ff, true);
  tables.setUint32(POINTERS - GDT + 10, IDT, true);
  machine.load(GDT, new Uint8Array(tables.buffer));
  machine.load(
    0x1000,
    bytesOf(`lgdt [${POINTERS}]\nlidt [${POINTERS + 8}]\nmov esp, 0x20000\n${text}\ncli\nhlt`, 0x1000),
  );
  machine.enter({ mode: 32, address: 0x1000, stack: 0x20000 });
  return machine;
}

function word(machine: BareMachine, at: number): number {
  const bytes = new Uint8Array(4);
  machine.memory.read(at, bytes);
  return new DataView(bytes.buffer).getUint32(0, true);
}

/** Counts, and goes on with RF set. */
const COUNT = `inc dword [${HITS}]\nor dword [esp + 8], 0x10000\niretd`;
const arm = (address: string, dr7: number): string =>
  `mov eax, ${address}\nmov dr0, eax\nmov eax, ${dr7}\nmov dr7, eax`;

function hits(text: string, options: Partial<BareOptions> = {}, prepare?: (machine: BareMachine) => void): number {
  const machine = machineOf(text, { options, handlers: { 1: COUNT, 6: "add dword [esp], 2\niretd" } });
  prepare?.(machine);
  machine.run(2000);
  expect(machine.vm.stopReason).toBe("halted");
  return word(machine, HITS);
}

const TIERS = [["interp"], ["jit"]] as const;

describe.each(TIERS)("breakpoints on execution, %s (SDM vol. 3B, 18.3.1.1)", (tier) => {
  it.each(["nop", "ud2"])("armed behind %s are hit: RF was good for one instruction", (before) => {
    expect(hits(`${before}\n${arm("t", 0x402)}\nt: nop\nnop`, { tier })).toBe(1);
  });
});

describe.each(TIERS)("breakpoints on execution, %s", (tier) => {
  it("are hit once by a repeated instruction, also where its page has one on data", () => {
    const text = `mov eax, 0x1f00\nmov dr1, eax\n${arm("t", 0x10040a)}\nmov edi, 0x7000\nmov ecx, 5\nt: rep stosb\nnop`;
    expect(hits(text, { tier })).toBe(1);
  });

  // An AMD processor does not hold them off (18.3.1.1 is Intel's).
  it.each([
    ["GenuineIntel", 0],
    ["AuthenticAMD", 1],
  ] as const)("behind MOV SS at the end of a page, %s: %d", (vendor, times) => {
    const models = CPU_MODELS as Record<string, CpuModel>;
    models[vendor] ??= { ...CPU_MODELS["x86-64"]!, name: vendor, vendor };
    const text = `${arm("0x2000", 0x402)}\nmov ax, ss\njmp 0x1ffe`;
    const load = (machine: BareMachine): void => machine.load(0x1ffe, bytesOf("db 0x8e, 0xd0\nnop\ncli\nhlt", 0x1ffe));
    expect(hits(text, { tier, cpu: vendor }, load)).toBe(times);
  });
});

describe.each(TIERS)("breakpoints on data, %s", (tier) => {
  it.each([
    ["movsb", 1],
    ["movsd", 1],
    ["mov eax, [esi]\nmov [edi], eax", 1],
  ])("do not make %s read a device twice", (access, times) => {
    let reads = 0;
    const device = {
      readMmio: () => (reads += 1),
      writeMmio: () => undefined,
    };
    const text = `${arm("0x7000", 0x10402)}\nmov esi, 0xd0000000\nmov edi, 0x7000\n${access}\nnop`;
    expect(hits(text, { tier }, ({ bus }) => void bus.mapMmio(0xd000_0000, 4096, device, "counter"))).toBe(times);
    expect(reads).toBe(1);
  });

  // Four bytes, or two, of which some lie on the next page.
  it.each([
    ["0x7002", "mov dword [0x6ffe], 1", 0],
    ["0x7001", "mov dword [0x6ffe], 1", 1],
    ["0x7001", "mov dword [0x6ffd], 1", 0],
    ["0x6fff", "mov dword [0x6ffd], 1", 1],
    ["0x7002", "mov ecx, [0x6ffe]", 0],
    ["0x7001", "mov ecx, [0x6ffe]", 1],
  ] as const)("at %s: %s hits %d time(s)", (at, access, times) => {
    expect(hits(`${arm(at, 0x30402)}\n${access}\nnop`, { tier })).toBe(times);
  });
});

describe("a breakpoint on the last byte of AVX state in an XSAVE area", () => {
  // With AVX state in its initial configuration XSAVEC leaves its part alone; XSAVE writes it, of eight registers in 32-bit mode (SDM vol. 1, 13.7, 13.10).
  it.each([
    ["xsavec", "0x733f", 0],
    ["xsave", "0x72bf", 1],
  ] as const)("%s, %s: %d time(s)", (instruction, at, times) => {
    const begin = "mov eax, cr4\nor eax, 0x40600\nmov cr4, eax\nxor ecx, ecx\nxor edx, edx\nmov eax, 7\nxsetbv";
    const text = `${begin}\n${arm(at, 0x10402)}\nmov eax, 7\n${instruction} [0x7000]\nnop`;
    expect(hits(text, { cpu: "max" })).toBe(times);
  });
});

/** An available 32-bit task-state segment (SDM vol. 3A, 8.2.2). */
const segment = (base: number): bigint => (0x89n << 40n) | (BigInt(base) << 16n) | 103n;
const TASK_GATE = (0xe500n << 32n) | (0x20n << 16n);

/** A machine with a task whose T flag is set, which counts in ECX. */
function withTask(text: string): BareMachine {
  const machine = machineOf(`mov ax, 0x18\nltr ax\n${text}`, {
    descriptors: [segment(0x8000), segment(TASK)],
    handlers: {
      1: `mov [${HITS}], ecx\nmov eax, dr6\nmov [${HITS + 4}], eax\ncli\nhlt`,
      6: TASK_GATE,
      0x43: TASK_GATE,
    },
  });
  const task = new DataView(new ArrayBuffer(104));
  task.setUint32(0x20, TASK_CODE, true);
  task.setUint32(0x24, 2, true);
  task.setUint32(0x38, 0x30000, true);
  for (const [offset, selector] of [
    [0x48, 16],
    [0x4c, 8],
    [0x50, 16],
    [0x54, 16],
  ] as const)
    task.setUint32(offset, selector, true);
  task.setUint32(0x64, 0x680001, true);
  machine.load(TASK, new Uint8Array(task.buffer));
  machine.load(TASK_CODE, bytesOf("l: inc ecx\njmp l", TASK_CODE));
  return machine;
}

const SINGLE_STEP = "pushfd\nor dword [esp], 0x100\npopfd";

describe("the T flag of a task-state segment raises #DB before the task's first instruction (SDM vol. 3B, 18.3.1.5)", () => {
  describe.each([1, 20, 3000])("in slices of %d", (slice) => {
    it.each([
      ["a far jump", "jmp 0x20:0"],
      ["INT through a task gate", "int 0x43"],
      ["a fault through a task gate", "ud2"],
      ["a fault of an instruction that runs alone", `${SINGLE_STEP}\nud2`],
    ])("by %s", (_, text) => {
      const machine = withTask(text);
      for (let n = 0; n < 3000 && machine.vm.stopReason === undefined; n += slice) machine.run(slice);
      expect(machine.vm.stopReason).toBe("halted");
      // BT, and neither BS nor a breakpoint.
      expect([word(machine, HITS), word(machine, HITS + 4) & 0xe00f]).toEqual([0, 0x8000]);
    });
  });

  it("by an external interrupt through a task gate", () => {
    const machine = withTask("l: jmp l");
    machine.run(100);
    machine.vcpu.inject(0x43);
    machine.run(100);
    expect(machine.vm.stopReason).toBe("halted");
    expect([word(machine, HITS), word(machine, HITS + 4) & 0xe00f]).toEqual([0, 0x8000]);
  });
});
