// Medians, ratios and geometric means out of the suite's runs.
import { cpuDifferences } from "./suite-run.mjs";
import { median } from "./table.mjs";

/** @param {readonly number[]} values */
export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Median and smallest of the CPU seconds that `pick` finds in runs; undefined where none has any. */
function seconds(runs, pick) {
  const found = runs.map(pick).filter((value) => value !== undefined);
  if (found.length === 0) return undefined;
  const totals = found.map((value) => value.total);
  return {
    total: median(totals),
    least: Math.min(...totals),
    thread: median(found.map((value) => value.thread)),
    runs: found.length,
  };
}

/** The emulator of an Isinglass peer's kind on the same Node, or the first of it. */
function counterpart(peers, kind, id) {
  const node = id.split("-").at(-1);
  return peers.find((peer) => peer.id === `${kind}-${node}`) ?? peers.find((peer) => peer.id.startsWith(`${kind}-`));
}

function ratios(mine, base) {
  if (mine === undefined || base === undefined) return undefined;
  return { total: mine.total / base.total, thread: mine.thread / base.thread };
}

/** A peer's ratios to another: of the boot, of each program, and their geometric means and largest. */
function compared(peer, base) {
  const programs = {};
  for (const [name, mine] of Object.entries(peer.programs)) {
    const ratio = ratios(mine, base.programs[name]);
    if (ratio !== undefined) programs[name] = ratio;
  }
  const all = Object.values(programs);
  const over = (fold) => ({ total: fold(all.map((r) => r.total)), thread: fold(all.map((r) => r.thread)) });
  return {
    to: base.id,
    boot: ratios(peer.boot, base.boot),
    programs,
    ...(all.length === 0 ? {} : { geometricMean: over(geometricMean), largest: over((list) => Math.max(...list)) }),
  };
}

/**
 * The suite's result in numbers: for each guest its emulators, each with medians and with ratios to QEMU and to v86.
 *
 * @param {{ guest: string, peer: string, title: string }[]} runs
 */
export function summarise(runs) {
  return [...new Set(runs.map((run) => run.guest))].map((guest) => {
    const mine = runs.filter((run) => run.guest === guest);
    const programs = [...new Set(mine.flatMap((run) => Object.keys(run.programs)))];
    const peers = [...new Set(mine.map((run) => run.peer))].map((id) => {
      const own = mine.filter((run) => run.peer === id);
      return {
        id,
        title: own[0].title,
        runs: own.length,
        boot: seconds(own, (run) => run.boot),
        programs: Object.fromEntries(
          programs.map((name) => [name, seconds(own, (run) => run.programs[name])]).filter(([, value]) => value),
        ),
        rss: Math.max(...own.map((run) => run.rss)),
        cpuinfo: own[0].cpuinfo,
        instructions: own[0].instructions,
      };
    });
    const qemu = peers.find((peer) => peer.id === "qemu");
    for (const peer of peers) {
      const bases = [peer === qemu ? undefined : qemu];
      if (peer.id.startsWith("isinglass-")) {
        bases.push(peers.find(({ id }) => id === "qemu-default"));
        bases.push(counterpart(peers, "v86", peer.id));
      }
      peer.compared = bases.filter((base) => base !== undefined).map((base) => compared(peer, base));
    }
    const ours = peers.find((peer) => peer.id.startsWith("isinglass-"));
    const differences = {};
    for (const peer of peers) {
      const found = ours === undefined ? [] : cpuDifferences(peer.cpuinfo, ours.cpuinfo);
      if (found.length > 0) differences[peer.id] = found;
    }
    return { guest, uname: mine[0].uname, programs, peers, differences, checksums: differing(mine, programs) };
  });
}

/** Programs whose checksum is not the same in all runs. */
function differing(runs, programs) {
  return programs.filter(
    (name) => new Set(runs.map((run) => run.programs[name]?.checksum).filter((sum) => sum !== undefined)).size > 1,
  );
}
