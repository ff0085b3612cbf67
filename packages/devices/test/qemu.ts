import { spawnSync } from "node:child_process";
import { hasCommand, requireOracle } from "@isinglass/testkit";

const QEMU = "qemu-system-x86_64";

/** Whether QEMU is here to be asked. */
export const hasQemu: boolean = requireOracle(`QEMU (${QEMU})`, hasCommand(QEMU));

/** One access to a machine from outside: a port or a register in memory. */
export type Action =
  | { readonly do: "in"; readonly port: number; readonly size: 1 | 2 | 4; readonly ignore?: number }
  | { readonly do: "out"; readonly port: number; readonly size: 1 | 2 | 4; readonly value: number }
  | { readonly do: "load"; readonly gpa: number }
  | { readonly do: "store"; readonly gpa: number; readonly value: number }
  | { readonly do: "irq"; readonly irq: number; readonly level: boolean };

export const inb = (port: number, ignore = 0): Action => ({ do: "in", port, size: 1, ignore });
export const outb = (port: number, value: number): Action => ({ do: "out", port, size: 1, value });

const LETTER = { 1: "b", 2: "w", 4: "l" } as const;

/** Which of QEMU's devices is the first 8259A, found by {@link findQemuPic}; the second one follows it. */
let firstPic = 0;

/** Finds the interrupt controllers among QEMU's devices: raising input 5 shows in the first chip's IRR. False where it cannot be found. */
export function findQemuPic(): boolean {
  for (firstPic = 0; firstPic < 64; firstPic++) {
    try {
      // IRR is what a read gives at reset.
      if ((askQemu([{ do: "irq", irq: 5, level: true }, inb(0x20)])[0]! & 0x20) !== 0) return true;
    } catch {
      // No such device, or none with such an input.
    }
  }
  return false;
}

function line(action: Action): string {
  switch (action.do) {
    case "in":
      return `in${LETTER[action.size]} 0x${action.port.toString(16)}`;
    case "out":
      return `out${LETTER[action.size]} 0x${action.port.toString(16)} 0x${action.value.toString(16)}`;
    case "load":
      return `readl 0x${action.gpa.toString(16)}`;
    case "store":
      return `writel 0x${action.gpa.toString(16)} 0x${action.value.toString(16)}`;
    case "irq":
      return `set_irq_in /machine/unattached/device[${firstPic + (action.irq >> 3)}] unnamed-gpio-in ${action.irq & 7} ${action.level ? 1 : 0}`;
  }
}

/**
 * What QEMU's `pc` machine reads for each `in` and `load` of a script. No processor runs and no time passes: QEMU's test
 * protocol (qtest) drives the devices of a stopped machine. Debian's build has no accelerator that would let the script move the clock.
 */
export function askQemu(script: readonly Action[], extra: readonly string[] = []): number[] {
  const args = ["-M", "pc", "-S", "-nodefaults", "-display", "none", "-m", "64", "-qtest", "stdio"];
  args.push("-qtest-log", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=4", ...extra);
  const input = [...script.map(line), "outb 0xf4 0x0"].join("\n") + "\n";
  const { stdout, stderr, error } = spawnSync(QEMU, args, {
    input,
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  const replies = stdout.split("\n").filter((l) => l.startsWith("OK") || l.startsWith("ERR") || l.startsWith("FAIL"));
  if (replies.length < script.length)
    throw new Error(`QEMU answered ${replies.length} of ${script.length} commands: ${stderr}`);
  const refused = replies.findIndex((l) => !l.startsWith("OK"));
  if (refused >= 0 && refused < script.length)
    throw new Error(`QEMU refused ${line(script[refused]!)}: ${replies[refused]}`);
  return script.flatMap((action, i) => {
    if (action.do !== "in" && action.do !== "load") return [];
    const value = Number(replies[i]!.split(" ")[1]);
    return [value & ~(action.do === "in" ? (action.ignore ?? 0) : 0)];
  });
}

/** Where to drive our own devices. */
export interface Target {
  readPort(port: number, size: 1 | 2 | 4): number;
  writePort(port: number, size: 1 | 2 | 4, value: number): void;
  setIrq?(irq: number, level: boolean): void;
  readMmio(gpa: number, size: 4): number;
  writeMmio(gpa: number, size: 4, value: number): void;
}

/** The same script on our devices. */
export function askOurs(script: readonly Action[], target: Target): number[] {
  const seen: number[] = [];
  for (const action of script) {
    if (action.do === "in") seen.push(target.readPort(action.port, action.size) & ~(action.ignore ?? 0));
    else if (action.do === "out") target.writePort(action.port, action.size, action.value);
    else if (action.do === "load") seen.push(target.readMmio(action.gpa, 4) | 0);
    else if (action.do === "irq") target.setIrq?.(action.irq, action.level);
    else target.writeMmio(action.gpa, 4, action.value);
  }
  return seen;
}

/** Results beside the actions that gave them, so that a difference can be read. */
export function annotate(script: readonly Action[], values: readonly number[]): string[] {
  let next = 0;
  return script.map((action) => {
    const reads = action.do === "in" || action.do === "load";
    return reads ? `${line(action)} -> ${(values[next++]! >>> 0).toString(16)}` : line(action);
  });
}
