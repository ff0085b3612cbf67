import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BootState } from "@isinglass/boot";
import { IsinglassError, type PhysicalMemory } from "@isinglass/interface";
import { FIRMWARE, firmware } from "./firmware.js";
import { GdbClient } from "./gdb-client.js";

export const QEMU = "qemu-system-x86_64";
const MIB = 1 << 20;
const PAGE = 4096;
/** Longest time for the firmware's few instructions. */
const ENTRY_SECONDS = 20;
const LOW_MEMORY = 0xa0000;
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const EXIT_LEFT = 130;

/** Runs of pages below `size` that are not all zero; the firmware's place and the hole below it left out. */
function usedPieces(memory: PhysicalMemory, size: number): { readonly gpa: number; readonly length: number }[] {
  const out: { gpa: number; length: number }[] = [];
  const page = new Uint8Array(PAGE);
  let start = -1;
  for (let gpa = 0; gpa <= size; gpa += PAGE) {
    let used = false;
    if (gpa < size && (gpa < LOW_MEMORY || gpa >= MIB)) {
      memory.read(gpa, page);
      used = page.some((byte) => byte !== 0);
    }
    if (used && start < 0) start = gpa;
    if (!used && start >= 0) {
      out.push({ gpa: start, length: gpa - start });
      start = -1;
    }
  }
  return out;
}

export interface Qemu {
  readonly client: GdbClient;
  readonly close: () => Promise<void>;
}

/**
 * QEMU, stopped before the first instruction of what is in our guest's memory: the same memory, the same segments, control registers and
 * tables. Our memory gets the firmware too.
 *
 * @param state what is entered; a number: real mode, at this offset of segment 0
 * @param size bytes of RAM
 */
export async function startQemu(memory: PhysicalMemory, state: BootState | number, size: number): Promise<Qemu> {
  const rom = firmware(state, memory);
  memory.write(FIRMWARE, rom);
  const folder = await mkdtemp(join(tmpdir(), "isinglass-trace-"));
  const socket = join(folder, "gdb");
  const bios = join(folder, "bios");
  await writeFile(bios, rom);
  const loaders: string[] = [];
  for (const { gpa, length } of usedPieces(memory, size)) {
    const file = join(folder, gpa.toString(16));
    const bytes = new Uint8Array(length);
    memory.read(gpa, bytes);
    await writeFile(file, bytes);
    loaders.push("-device", `loader,file=${file},addr=0x${gpa.toString(16)},force-raw=on`);
  }
  const board = ["-M", "pc", "-accel", "tcg,thread=single", "-m", String(size / MIB), "-nodefaults"];
  const host = ["-display", "none", "-serial", "null", "-action", "reboot=shutdown,shutdown=pause"];
  const debug = ["-S", "-chardev", `socket,id=gdb,path=${socket},server=on,wait=off`, "-gdb", "chardev:gdb"];
  const child = spawn(QEMU, [...board, ...host, "-bios", bios, ...loaders, ...debug], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  let running = true;
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((done) => {
    const end = (): void => {
      running = false;
      done();
    };
    child.once("close", end);
    child.once("error", end);
  });
  // A trace that is left by a signal leaves neither QEMU nor files behind.
  const abandon = (): void => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  const leave = (): never => process.exit(EXIT_LEFT);
  process.once("exit", abandon);
  for (const signal of SIGNALS) process.once(signal, leave);
  let client: GdbClient | undefined;
  const close = async (): Promise<void> => {
    client?.close();
    if (running) child.kill("SIGKILL");
    await ended;
    process.off("exit", abandon);
    for (const signal of SIGNALS) process.off(signal, leave);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    client = await GdbClient.open(socket, () => running);
    const stop = await client.runTo(typeof state === "number" ? BigInt(state) : state.registers.rip, ENTRY_SECONDS);
    if (!stop.startsWith("T05")) throw new IsinglassError("ISG_TRACE_QEMU", `QEMU: did not reach the entry: ${stop}`);
    return { client, close };
  } catch (problem) {
    await close();
    // QEMU puts its own name before what it says.
    const why = (said.trim().split("\n")[0] ?? "").replace(/^qemu-system-\w+: /, "");
    if (why === "") throw problem;
    throw new IsinglassError("ISG_TRACE_QEMU", `QEMU: ${why}`, {}, { cause: problem });
  }
}
