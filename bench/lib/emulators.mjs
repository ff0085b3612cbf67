// Runs an emulator as a process of its own and reads, at lines of its serial console, how much CPU time and memory it has taken. CPU time is user + system
// of all threads and child processes, as the kernel counts it: on a busy machine wall time says nothing.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Unit of the times in /proc/PID/stat on Linux (USER_HZ). */
const TICKS = 100;
const QEMU_ATTEMPTS = 3;
export const MIB = 1 << 20;
const runner = fileURLToPath(new URL("../run-guest.mjs", import.meta.url));

/** Fields of /proc/PID/stat after the command's name, which may hold anything; undefined where the process is gone. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** CPU seconds of a process and its descendants, alive or waited for. */
export function cpuSeconds(pid) {
  const own = stat(pid);
  if (own === undefined) return undefined;
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(stat(name)?.[1]));
  }
  const sum = { user: 0, system: 0 };
  const add = (id) => {
    const fields = id === pid ? own : stat(id);
    if (fields === undefined) return;
    sum.user += (Number(fields[11]) + Number(fields[13])) / TICKS;
    sum.system += (Number(fields[12]) + Number(fields[14])) / TICKS;
    for (const [child, parent] of parents) if (parent === id) add(child);
  };
  add(pid);
  return { ...sum, total: sum.user + sum.system };
}

function peakRss(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

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

/** @param {Guest} guest @param {string[]} [extra] */
export function qemu(guest, extra = []) {
  const disk =
    guest.disk === undefined
      ? []
      : ["-drive", `if=none,id=d,format=raw,file=${guest.disk}`, "-device", "virtio-blk-pci,drive=d"];
  const machine = ["-M", "pc", "-accel", "tcg,thread=single", "-m", String(guest.memory / MIB), "-smp", "1"];
  const board = ["-nodefaults", "-net", "none", "-display", "none", "-monitor", "none", "-serial", "stdio"];
  const boot = ["-no-reboot", "-kernel", guest.kernel, "-initrd", guest.initrd, "-append", guest.append];
  return { command: "qemu-system-x86_64", args: [...machine, ...board, ...boot, ...disk, ...extra], statistics: false };
}

/**
 * Runs a guest to its end.
 *
 * @param {ReturnType<typeof isinglass>} emulator
 * @param {{ seconds?: number, onLine?: (line: string, cpu: () => { user: number, system: number, total: number }) => void }} [options]
 * @returns {Promise<{ ok: boolean, boot?: { user: number, system: number, total: number }, rss: number, log: string[], stderr: string, exit: number | string,
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

async function runOnce(emulator, options) {
  const scratch = mkdtempSync(join(tmpdir(), "isinglass-bench-"));
  const statisticsFile = join(scratch, "statistics.json");
  const args = emulator.statistics ? [...emulator.args, "--statistics", statisticsFile] : emulator.args;
  const child = spawn(emulator.command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const result = { ok: false, boot: undefined, rss: 0, log: [], stderr: "", exit: "", statistics: undefined };
  let last = { user: 0, system: 0, total: 0 };
  const sample = () => (last = cpuSeconds(child.pid) ?? last);
  const poll = setInterval(() => (result.rss = Math.max(result.rss, peakRss(child.pid))), 100);
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
      if (line === "@DONE") result.ok = true;
      options.onLine?.(line, sample);
    }
    result.rss = Math.max(result.rss, peakRss(child.pid));
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
  console.error(`${name}: the guest did not come to its end (exit ${result.exit}); its last lines:`);
  for (const line of result.log.slice(-8)) console.error(`  ${line}`);
  if (result.stderr !== "") console.error(result.stderr.trimEnd().split("\n").slice(-5).join("\n"));
  process.exitCode = 1;
}
