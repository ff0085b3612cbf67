// Runs an emulator as a process of its own and reads, at lines of its serial console, how much CPU time and memory it has taken. CPU time is user + system
// of all threads and child processes.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProcessCpu } from "./process-cpu.mjs";

const QEMU_ATTEMPTS = 3;
const POLL_MS = 200;
export const MIB = 1 << 20;
const runner = fileURLToPath(new URL("../run-guest.mjs", import.meta.url));
const v86Runner = fileURLToPath(new URL("../run-v86.mjs", import.meta.url));

/**
 * How to start a guest in each emulator.
 *
 * @typedef {{ kernel: string, initrd: string, append: string, memory: number, disk?: string }} Guest
 */

/** @param {Guest} guest @param {{ node?: string, nodeOptions?: string[], extra?: string[] }} [how] */
export function isinglass(guest, how = {}) {
  const disk = guest.disk === undefined ? [] : ["--disk", guest.disk];
  const args =
    guest.kernel === undefined ? [] : ["--kernel", guest.kernel, "--initrd", guest.initrd, "--append", guest.append];
  const memory = ["--memory", String(guest.memory / MIB)];
  return {
    command: how.node ?? process.execPath,
    args: [...(how.nodeOptions ?? []), runner, ...args, ...memory, ...disk, ...(how.extra ?? [])],
    statistics: true,
  };
}

/** @param {Guest} guest @param {string[]} [extra] @param {{ program?: string, cpu?: string }} [how] */
export function qemu(guest, extra = [], how = {}) {
  const disk =
    guest.disk === undefined
      ? []
      : ["-drive", `if=none,id=d,format=raw,file=${guest.disk}`, "-device", "virtio-blk-pci,drive=d"];
  const machine = ["-M", "pc", "-accel", "tcg,thread=single", "-m", String(guest.memory / MIB), "-smp", "1"];
  const cpu = how.cpu === undefined ? [] : ["-cpu", how.cpu];
  const board = ["-nodefaults", "-net", "none", "-display", "none", "-monitor", "none", "-serial", "stdio"];
  const boot = ["-no-reboot", "-kernel", guest.kernel, "-initrd", guest.initrd, "-append", guest.append];
  return {
    command: how.program ?? "qemu-system-x86_64",
    args: [...machine, ...cpu, ...board, ...boot, ...disk, ...extra],
    statistics: false,
  };
}

/** @param {Guest} guest @param {{ node?: string, firmware: { bios: string, vgaBios: string } }} how */
export function v86(guest, how) {
  const files = ["--kernel", guest.kernel, "--initrd", guest.initrd, "--append", guest.append];
  const firmware = ["--bios", how.firmware.bios, "--vga-bios", how.firmware.vgaBios];
  return {
    command: how.node ?? process.execPath,
    args: [v86Runner, ...files, ...firmware, "--memory", String(guest.memory / MIB)],
    statistics: false,
  };
}

/**
 * Runs a guest to its end.
 *
 * @param {ReturnType<typeof isinglass>} emulator
 * @param {{ seconds?: number, onLine?: (line: string, cpu: () => import("./process-cpu.mjs").CpuTime) => void }} [options]
 * @returns {Promise<{ ok: boolean, boot?: import("./process-cpu.mjs").CpuTime, end: import("./process-cpu.mjs").CpuTime, rss: number, log: string[], stderr: string, exit: number | string,
 *   statistics?: Record<string, any> }>} `ok` says that the guest came to its last line
 */
export async function run(emulator, options = {}) {
  for (let attempt = 1; ; attempt++) {
    const result = await runOnce(emulator, options);
    // On an overloaded host QEMU's timer can be too late for Linux' check of it: that says nothing about the guest.
    const late = !emulator.statistics && result.log.some((line) => line.includes("timer doesn't work"));
    if (!late || attempt === QEMU_ATTEMPTS) return result;
  }
}

/**
 * A mark on the serial line that is read late counts work of one program for another: where it may, this process goes before the emulator, whose
 * own priority stays as it was.
 */
function preferOurselves(child) {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
    if (child !== undefined) setPriority(child, constants.priority.PRIORITY_NORMAL);
  } catch {
    // Only root may; on a quiet machine it makes no difference.
  }
}

async function runOnce(emulator, options) {
  const scratch = mkdtempSync(join(tmpdir(), "isinglass-bench-"));
  const statisticsFile = join(scratch, "statistics.json");
  const args = emulator.statistics ? [...emulator.args, "--statistics", statisticsFile] : emulator.args;
  const child = spawn(emulator.command, args, { stdio: ["ignore", "pipe", "pipe"] });
  preferOurselves(child.pid);
  const result = {
    ok: false,
    boot: undefined,
    end: undefined,
    rss: 0,
    log: [],
    stderr: "",
    exit: "",
    statistics: undefined,
  };
  const watch = new ProcessCpu(child.pid);
  const sample = () => watch.sample();
  const poll = setInterval(() => {
    result.rss = Math.max(result.rss, watch.peakRss());
    watch.findChildren();
    result.end = sample();
  }, POLL_MS);
  let timedOut = false;
  const limit = setTimeout(
    () => {
      timedOut = true;
      child.kill("SIGKILL");
    },
    (options.seconds ?? 900) * 1000,
  );
  let pending = "";
  child.stdout.on("data", (chunk) => {
    pending += chunk.toString("latin1");
    const lines = pending.split("\n");
    pending = lines.pop();
    for (const raw of lines) {
      const line = raw.replaceAll("\r", "");
      result.log.push(line);
      if (line === "BOOT_OK" && result.boot === undefined) result.boot = sample();
      if (line === "@DONE") {
        result.ok = true;
        result.end = sample();
      }
      options.onLine?.(line, sample);
    }
    result.rss = Math.max(result.rss, watch.peakRss());
  });
  child.stderr.on("data", (chunk) => (result.stderr += chunk));
  try {
    result.exit = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(timedOut ? "timeout" : (signal ?? code)));
    });
    if (emulator.statistics) {
      try {
        result.statistics = JSON.parse(readFileSync(statisticsFile, "utf8"));
        result.rss = Math.max(result.rss, result.statistics.rss);
      } catch {
        result.ok = false;
      }
    }
  } finally {
    clearInterval(poll);
    clearTimeout(limit);
    rmSync(scratch, { recursive: true });
  }
  return result;
}

/** Explains a guest that did not come to its end and sets the exit code. */
export function reportFailure(name, result) {
  console.error(`${name}: the guest did not do all that it should (exit ${result.exit}); its last lines:`);
  for (const line of result.log.slice(-8)) console.error(`  ${line}`);
  if (result.stderr !== "") console.error(result.stderr.trimEnd().split("\n").slice(-5).join("\n"));
  process.exitCode = 1;
}
