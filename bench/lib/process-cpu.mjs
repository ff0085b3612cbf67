// CPU time of a process, its threads and its child processes, as Linux counts it. On a busy machine wall time says nothing.
import { readFileSync, readdirSync } from "node:fs";

/** Unit of the times in /proc/PID/stat (USER_HZ). */
const TICKS = 100;
const NANOSECONDS = 1e9;

function read(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat after the command's name, which may hold anything; undefined where the process is gone. */
function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** A process and its descendants. */
function family(pid) {
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(stat(name)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const out = [pid];
  for (let i = 0; i < out.length; i++) out.push(...(children.get(out[i]) ?? []));
  return out;
}

function threadIds(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/**
 * What a process tree has used so far.
 *
 * @typedef {{ user: number, system: number, total: number, threads: Record<string, number>, rss: number }} CpuTime
 * seconds; `user` and `system` are multiples of 10 ms, `total` is the sum of `threads`, which are to the nanosecond, by "PID/TID"; `rss` is the first process' resident set in bytes
 */

/** Watches one process. A thread that ends counts with what it had when it was last looked at. */
export class ProcessCpu {
  #pid;
  #family;
  #threads = {};
  #user = 0;
  #system = 0;

  constructor(pid) {
    this.#pid = pid;
    this.#family = [pid];
  }

  /** Looks for child processes that have come since; slow, so not a part of {@link sample}, in whose time the guest runs on. */
  findChildren() {
    this.#family = family(this.#pid);
  }

  /** @returns {CpuTime} */
  sample() {
    let [user, system] = [0, 0];
    for (const pid of this.#family) {
      for (const tid of threadIds(pid)) {
        const text = read(`/proc/${pid}/task/${tid}/schedstat`);
        if (text !== undefined) this.#threads[`${pid}/${tid}`] = Number(text.split(" ")[0]) / NANOSECONDS;
      }
      const fields = stat(pid);
      if (fields === undefined) continue;
      user += (Number(fields[11]) + Number(fields[13])) / TICKS;
      system += (Number(fields[12]) + Number(fields[14])) / TICKS;
    }
    this.#user = Math.max(this.#user, user);
    this.#system = Math.max(this.#system, system);
    const threads = { ...this.#threads };
    return {
      user: this.#user,
      system: this.#system,
      total: Object.values(threads).reduce((sum, seconds) => sum + seconds, 0),
      threads,
      rss: this.rss(),
    };
  }

  /** Largest resident set of the process so far, in bytes; 0 where it is gone. */
  peakRss() {
    return this.#memory("VmHWM");
  }

  /** Resident set of the process now, in bytes; 0 where it is gone. */
  rss() {
    return this.#memory("VmRSS");
  }

  #memory(name) {
    const text = read(`/proc/${this.#pid}/status`) ?? "";
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) * 1024;
  }
}

/** The thread that has used most: the one that runs the guest, which is not always a process' first. */
export function busiestThread(cpu) {
  let best;
  for (const [name, seconds] of Object.entries(cpu.threads))
    if (best === undefined || seconds > cpu.threads[best]) best = name;
  return best;
}
