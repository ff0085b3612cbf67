import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CPU_MODELS, CS, type CpuModel, S, setSegment } from "@isinglass/cpu-x86";
import { InterruptBus, LocalApic, SystemBus } from "@isinglass/devices";
import { EAGER_POLICY } from "@isinglass/engine";
import { ExitStatistics, InstructionTime, InterceptControls, VirtualClock } from "@isinglass/hypervisor";
import { PhysicalMap } from "@isinglass/mmu";
import { Wasm } from "@isinglass/wasm";
import { EngineVcpu } from "../../../src/engine-vcpu.js";
import { pc } from "../../../src/index.js";
import { IMAGE } from "./tables.js";

/** What both CPUs are: QEMU's `qemu64`, without SVM, with what the cases ask for in addition. */
const EXTRA = ["smep", "smap", "umip", "rdtscp"];
export const QEMU_CPU: string = ["qemu64", "-svm", ...EXTRA.map((f) => `+${f}`)].join(",");

const RAM = 16 << 20;
const CODE_BYTES = 8 << 20;
const VCPU_BASE = 65536;
/** Far more than any program needs. */
const BUDGET = 20_000_000;

/** Runs a program on our CPU: text that it wrote to port E9H, and how it ended. */
export function runOnIsinglass(image: Uint8Array, executor: "interpreter" | "reference" | "compiled"): string {
  const base = CPU_MODELS["x86-64"]!;
  const model: CpuModel = { ...base, features: [...base.features, ...EXTRA] };
  const ramBase = Math.ceil((VCPU_BASE + EngineVcpu.bytes(CODE_BYTES)) / 65536) * 65536;
  const pages = (ramBase + RAM) / 65536;
  const memory = new Wasm.Memory({ initial: pages, maximum: pages });
  const physical = new PhysicalMap(memory.buffer);
  physical.addRam(0, RAM, ramBase, "memory");
  const bus = new SystemBus();
  const out: string[] = [];
  let ended = false;
  const vcpu = new EngineVcpu({
    memory,
    base: VCPU_BASE,
    codeBytes: CODE_BYTES,
    origin: ramBase,
    physical,
    model,
    controls: new InterceptControls(),
    statistics: new ExitStatistics(),
    bus,
    now: () => 0,
    exitOnUnclaimed: false,
    ...(executor === "compiled" ? { policy: EAGER_POLICY } : { executor }),
  });
  const ignore = (): number => 0xff;
  bus.mapPorts(
    0xe9,
    1,
    { readPort: ignore, writePort: (_port, _size, value) => out.push(String.fromCharCode(value & 0xff)) },
    "log",
  );
  const end = (): void => {
    ended = true;
    vcpu.requestExit();
  };
  bus.mapPorts(0xf4, 1, { readPort: ignore, writePort: end }, "end");
  const clock = new VirtualClock(new InstructionTime(() => vcpu.instructions, 4));
  const apic = new LocalApic({
    clock,
    bus: new InterruptBus(),
    x2apic: false,
    cpu: { onChange: () => vcpu.interruptsChanged(), onNmi: () => vcpu.raiseNmi() },
  });
  vcpu.interrupts = apic;
  vcpu.platform.apic = apic;
  apic.mapOn(bus);
  new Uint8Array(memory.buffer).set(image, ramBase + IMAGE);
  const { cpu } = vcpu;
  setSegment(cpu, CS, IMAGE >> 4, 0x9b, IMAGE, 0, 0xffff);
  cpu.set64(S.rip, IMAGE, 0);
  cpu.refresh();
  let left = BUDGET;
  for (;;) {
    const before = vcpu.instructions;
    const exit = vcpu.run(left);
    left -= vcpu.instructions - before;
    if (ended) return `${out.join("")}end: exit\n`;
    if (exit.reason === "shutdown") return `${out.join("")}end: shutdown\n`;
    // What halted goes on where an interrupt waits.
    if (exit.reason === "hlt" && vcpu.interruptsEnabled && apic.hasInterrupt()) continue;
    if (exit.reason === "paused") continue;
    const what = exit.reason === "not-implemented" ? ` ${exit.what}` : "";
    return `${out.join("")}end: ${exit.reason}${what}\n`;
  }
}

/** The same on a PC, with its timers and interrupt controllers. */
export function runOnBoard(image: Uint8Array, executor: "interpreter" | "reference" | "compiled"): string {
  const out: string[] = [];
  const machine = pc({
    memory: RAM,
    cpu: ["x86-64", ...EXTRA.map((feature) => `+${feature}`)].join(","),
    ...(executor === "compiled" ? { tier: "jit" } : { tier: "interp", executor }),
  })
    .use({
      name: "log",
      install: ({ bus, vm }) => {
        const ignore = (): number => 0xff;
        const log = (_port: number, _size: number, value: number): void =>
          void out.push(String.fromCharCode(value & 0xff));
        bus.mapPorts(0xe9, 1, { readPort: ignore, writePort: log }, "log");
        bus.mapPorts(0xf4, 1, { readPort: ignore, writePort: () => vm.requestStop("poweroff") }, "end");
        return {};
      },
    })
    .build();
  machine.core.physical.write(IMAGE, image);
  const { cpu } = machine.vcpu;
  setSegment(cpu, CS, IMAGE >> 4, 0x9b, IMAGE, 0, 0xffff);
  cpu.set64(S.rip, IMAGE, 0);
  cpu.refresh();
  const exit = machine.run(BUDGET);
  return `${out.join("")}end: ${machine.stopReason === "poweroff" ? "exit" : exit.reason}\n`;
}

/** The real-mode far jump to the program, at the reset vector of a 64 KiB firmware image. */
function firmware(): Uint8Array {
  const bytes = new Uint8Array(0x10000).fill(0xf4);
  bytes.set([0xea, 0, 0, (IMAGE >> 4) & 0xff, IMAGE >> 12], 0xfff0);
  return bytes;
}

/** Runs a program under QEMU's TCG, in the same form. */
export async function runOnQemu(image: Uint8Array, board: boolean = false): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "isg-system-"));
  try {
    const bios = join(folder, "bios.bin");
    const program = join(folder, "program.bin");
    const log = join(folder, "out.txt");
    await writeFile(bios, firmware());
    await writeFile(program, image);
    const args = [
      "-M",
      "pc",
      "-accel",
      "tcg,thread=single",
      "-cpu",
      QEMU_CPU,
      "-m",
      "16",
      "-nodefaults",
      "-display",
      "none",
      "-no-reboot",
      "-bios",
      bios,
    ];
    // Time by the count of instructions, as here.
    if (board) args.push("-icount", "shift=2");
    args.push("-device", `loader,file=${program},addr=0x${IMAGE.toString(16)},force-raw=on`);
    args.push(
      "-chardev",
      `file,id=log,path=${log}`,
      "-device",
      "isa-debugcon,chardev=log,iobase=0xe9",
      "-device",
      "isa-debug-exit,iobase=0xf4",
    );
    const code = await new Promise<string>((resolve) => {
      execFile("qemu-system-x86_64", args, { timeout: 30_000 }, (error, _stdout, stderr) =>
        resolve(
          error === null
            ? "shutdown"
            : error.killed === true
              ? "timeout"
              : error.code === 1 && stderr !== ""
                ? stderr
                : "exit",
        ),
      );
    });
    return `${await readFile(log, "latin1")}end: ${code}\n`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
