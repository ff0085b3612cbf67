// QEMU, stopped before the first instruction of what our boot loader has put into a guest's memory: the same memory, the same registers.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MIB } from "./emulators.mjs";
import { GdbClient } from "./gdb-client.mjs";

const PAGE = 4096;
/** The stub firmware's image and what it keeps lie here and above, below 1 MiB. */
const FIRMWARE = 0xe0000;

/** Runs of pages that are not all zero. */
function pieces(memory, size) {
  const out = [];
  const page = new Uint8Array(PAGE);
  let start = -1;
  for (let gpa = 0; gpa <= size; gpa += PAGE) {
    let used = false;
    if (gpa < size && (gpa < 0xa0000 || gpa >= MIB)) {
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

/**
 * @param {ReturnType<import("./guest.mjs").createGuest>} guest with a loaded kernel, not run yet
 * @param {number} size bytes of RAM
 */
export async function startLockstep(guest, size) {
  const { core } = guest.machine;
  const { state } = guest.loaded;
  // The stub firmware is boot's test support: TypeScript, which Vite loads.
  const { runnerImport } = await import("vite");
  const support = fileURLToPath(new URL("../../packages/boot/test/support/qemu.ts", import.meta.url));
  const { module } = await runnerImport(support, { logLevel: "error" });
  const view = {
    bytes(gpa, length) {
      const out = new Uint8Array(length);
      core.physical.read(gpa, out);
      return out;
    },
  };
  // A flat 32-bit code segment for the stub, in an entry of the loader's GDT that nothing uses; both sides get it.
  if (state.mode === "long")
    core.physical.write(Number(state.gdtr.base) + 0x28, Uint8Array.of(0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0));
  const folder = mkdtempSync(join(tmpdir(), "isinglass-lockstep-"));
  const bios = join(folder, "bios.bin");
  const socket = join(folder, "gdb");
  const rom = module.firmware(state, view);
  writeFileSync(bios, rom);
  core.physical.write(FIRMWARE, rom);
  const loaders = pieces(core.physical, size).flatMap(({ gpa, length }, i) => {
    const file = join(folder, `${i}.bin`);
    writeFileSync(file, view.bytes(gpa, length));
    return ["-device", `loader,file=${file},addr=0x${gpa.toString(16)},force-raw=on`];
  });
  const board = [
    "-M",
    "pc,hpet=off",
    "-accel",
    "tcg,thread=single",
    "-m",
    String(size / MIB),
    "-nodefaults",
    "-display",
    "none",
    "-serial",
    "null",
    "-no-reboot",
  ];
  const debug = ["-S", "-chardev", `socket,id=gdb,path=${socket},server=on,wait=off`, "-gdb", "chardev:gdb"];
  const child = spawn("qemu-system-x86_64", [...board, "-bios", bios, ...loaders, ...debug], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const client = await GdbClient.open(socket);
  const close = () => {
    client.close();
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await client.runTo(state.registers.rip);
  } catch (error) {
    close();
    throw error;
  }
  return { client, close };
}
