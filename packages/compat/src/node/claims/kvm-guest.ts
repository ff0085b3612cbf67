/** Loops of instructions in a guest under KVM: a firmware image of our own that times them by the TSC and writes the ticks to a port. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assemble } from "@isinglass/isa-x86";
import { CLASSES, tscProgram } from "../../claims/programs.js";

const IMAGE = 0x10000;
/** Where a processor begins, within the last 64 KiB below 4 GiB (SDM vol. 3A, 10.1.4). */
const RESET = 0xfff0;
/** QEMU's `debugcon`, and `isa-debug-exit` as it is placed below. */
const CONSOLE = 0xe9;
const EXIT = 0xf4;
const UNROLL = 8;
const ROUNDS = 2000;
/** Some hosts' KVM cannot execute all of it, and stops the guest for ever. */
const PATIENCE = 3000;

/** Real mode with SSE and x87 switched on and the caches too; a loop for each class, in 32-bit registers. */
function firmware(classes: readonly string[]): Uint8Array {
  const loops = classes.map((name, i) => {
    const body = CLASSES[name]!.replace("rsp-64", "0x500");
    // A KVM that interprets its guests may know no x87: only the loop that needs a value loads one.
    return `${name.startsWith("x87") ? "fld1" : "nop"}
mov esi, ${ROUNDS}
rdtsc
mov ebp, eax
loop${i}:
${`${body}\n`.repeat(UNROLL)}dec esi
jnz loop${i}
rdtsc
sub eax, ebp
${`out ${CONSOLE}, al\nshr eax, 8\n`.repeat(4)}`;
  });
  const source = `mov eax, cr0
and eax, 0x9ffffffb
or eax, 2
mov cr0, eax
mov eax, cr4
or eax, 0x600
mov cr4, eax
fninit
mov ebx, 3
${loops.join("\n")}
out ${EXIT}, al
hlt`;
  const out = new Uint8Array(IMAGE);
  out.set(assemble(source, { mode: 16 }).bytes);
  out.set([0xe9, (IMAGE - RESET - 3) & 0xff, (IMAGE - RESET - 3) >> 8], RESET); // JMP to offset 0
  return out;
}

/** Ticks of each loop; undefined if the guest did not come to its end. */
function runGuest(folder: string, accel: "kvm" | "tcg", classes: readonly string[]): number[] | undefined {
  const [image, output] = [join(folder, "firmware"), join(folder, "ticks")];
  writeFileSync(image, firmware(classes));
  const devices = ["-debugcon", `file:${output}`, "-device", `isa-debug-exit,iobase=${EXIT},iosize=1`];
  const args = ["-accel", accel, "-m", "2", "-nodefaults", "-display", "none", "-bios", image, ...devices];
  spawnSync("qemu-system-x86_64", args, { stdio: "ignore", timeout: PATIENCE, killSignal: "SIGKILL" });
  const bytes = existsSync(output) ? readFileSync(output) : Buffer.alloc(0);
  return bytes.length === 4 * classes.length ? classes.map((_, i) => bytes.readUInt32LE(4 * i)) : undefined;
}

/** Nanoseconds of a tick of this machine's TSC. */
function tickLength(folder: string): number | undefined {
  const path = join(folder, "tsc");
  writeFileSync(path, tscProgram(), { mode: 0o700 });
  const { stdout } = spawnSync(path, { stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
  if (stdout === null || stdout.length !== 48) return undefined;
  const word = (at: number): number => Number(stdout.readBigUInt64LE(at));
  return ((word(24) - word(0)) * 1e9 + (word(32) - word(8))) / (word(40) - word(16));
}

/**
 * What gives samples of each class that this machine's KVM can execute; undefined where there is none.
 *
 * @param accel `tcg` tries the same guest without KVM
 */
export function kvmSamples(
  folder: string,
  accel: "kvm" | "tcg" = "kvm",
): ReadonlyMap<string, () => number | undefined> {
  if (accel === "kvm" && !existsSync("/dev/kvm")) return new Map();
  const tick = tickLength(folder);
  const classes = Object.keys(CLASSES).filter((name) => runGuest(folder, accel, [name]) !== undefined);
  const waiting = new Map<string, number[]>(classes.map((name) => [name, []]));
  // One start of QEMU gives a sample of each.
  const take = (name: string): number | undefined => {
    const known = waiting.get(name)!.shift();
    if (known !== undefined || tick === undefined) return known;
    const ticks = runGuest(folder, accel, classes);
    ticks?.forEach((count, i) => waiting.get(classes[i]!)!.push((count * tick) / (UNROLL * ROUNDS)));
    return waiting.get(name)!.shift();
  };
  return new Map(classes.map((name) => [name, () => take(name)]));
}
