// One run of one guest in one emulator: CPU seconds to the shell and of each program, from what the guest writes to its serial line.
import { createHash } from "node:crypto";
import { run } from "./emulators.mjs";
import { busiestThread } from "./process-cpu.mjs";

const SECONDS = 1800;

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** @typedef {{ total: number, thread: number }} Seconds CPU of all threads, and of the one that runs the guest */

/**
 * @param {Parameters<typeof run>[0]} emulator
 * @returns {Promise<{ ok: boolean, boot?: Seconds, programs: Record<string, Seconds & { checksum: string }>, whole?: Seconds & { user: number, system: number },
 *   rss: number, instructions?: { boot: number, end: number }, cpuinfo: { flags: string, mitigations: Record<string, string> }, uname: string, result: object }>}
 */
export async function measure(emulator) {
  const marks = [];
  let printed = [];
  const result = await run(emulator, {
    seconds: SECONDS,
    onLine(line, sample) {
      const [, name] = /^@B (\S+)$/.exec(line) ?? [];
      if (name !== undefined) {
        printed = [];
        marks.push({ name, begin: sample() });
        return;
      }
      const [, ended, checksum] = /^@E (\S+) \d+ (\S+)$/.exec(line) ?? [];
      const mark = marks.at(-1);
      if (ended === undefined || mark?.name !== ended) {
        printed.push(line);
        return;
      }
      mark.end = sample();
      // Commands of busybox end with their exit status; what they computed is in what they print.
      mark.checksum = checksum === "st=0" ? sha256(printed.join("\n")).slice(0, 12) : checksum;
    },
  });
  const thread = result.end === undefined ? undefined : busiestThread(result.end);
  const between = (from, to) => ({
    total: to.total - (from?.total ?? 0),
    thread: (to.threads[thread] ?? 0) - (from?.threads[thread] ?? 0),
  });
  const programs = {};
  for (const { name, begin, end, checksum } of marks)
    if (end !== undefined) programs[name] = { ...between(begin, end), checksum };
  const gzip = result.log.find((line) => line.startsWith("@S gzip "));
  if (gzip !== undefined && programs.gzip !== undefined) programs.gzip.checksum = gzip.slice(8, 20);
  const info = (name) =>
    result.log.filter((line) => line.startsWith(`@I ${name} `)).map((l) => l.slice(name.length + 4));
  const statistics = result.statistics;
  return {
    ok: result.ok && result.boot !== undefined,
    boot: result.boot && between(undefined, result.boot),
    programs,
    whole: result.end && { ...between(undefined, result.end), user: result.end.user, system: result.end.system },
    rss: result.rss,
    ...(statistics === undefined
      ? {}
      : { instructions: { boot: statistics.boot?.instructions, end: statistics.end.instructions } }),
    cpuinfo: {
      flags: info("flags")[0]?.trim() ?? "",
      mitigations: Object.fromEntries(info("mitigation").map((line) => line.split(/: (.*)/).slice(0, 2))),
    },
    uname: info("uname")[0] ?? "",
    result,
  };
}

/**
 * How two guests' views of their CPU differ, as lines; none where they are equal.
 *
 * @param {{ flags: string, mitigations: Record<string, string> }} ours
 * @param {{ flags: string, mitigations: Record<string, string> }} theirs
 */
export function cpuDifferences(ours, theirs) {
  const [a, b] = [ours, theirs].map((cpu) => new Set(cpu.flags.split(" ").filter((flag) => flag !== "")));
  const only = (x, y) => [...x].filter((flag) => !y.has(flag)).join(" ");
  const out = [];
  if (only(a, b) !== "") out.push(`flags only there: ${only(a, b)}`);
  if (only(b, a) !== "") out.push(`flags only here: ${only(b, a)}`);
  for (const name of new Set([...Object.keys(ours.mitigations), ...Object.keys(theirs.mitigations)])) {
    const [x, y] = [ours.mitigations[name] ?? "absent", theirs.mitigations[name] ?? "absent"];
    if (x !== y) out.push(`${name}: ${x} there, ${y} here`);
  }
  return out;
}
