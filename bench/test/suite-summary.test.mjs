import { describe, expect, it } from "vitest";
import { guestChart } from "../lib/suite-charts.mjs";
import { geometricMean, summarise } from "../lib/suite-summary.mjs";
import { suiteTables } from "../lib/suite-tables.mjs";

const cpuinfo = { flags: "fpu tsc lm", mitigations: { mds: "Not affected" } };

function run(peer, round, boot, a, b, more = {}) {
  const program = (total, checksum) => ({ total, thread: total / 2, checksum });
  return {
    guest: "installer",
    peer,
    title: peer.startsWith("isinglass") ? "Isinglass, Node 24" : peer,
    round,
    uname: "Linux",
    rss: 1e6,
    cpuinfo,
    boot: { total: boot, thread: boot },
    programs: { a: program(a, "1"), b: program(b, "2") },
    ...more,
  };
}

const three = (peer, scale, more) => [
  run(peer, 1, 2 * scale, scale, scale, more),
  run(peer, 2, 4 * scale, 9 * scale, 2 * scale, more),
  run(peer, 3, 90 * scale, 2 * scale, 30 * scale, more),
];

describe("the suite's summary", () => {
  it("takes medians over the rounds and compares them with QEMU's", () => {
    const [{ peers }] = summarise([...three("qemu", 1), ...three("isinglass-node24", 3)]);
    expect(peers[0].boot).toEqual({ total: 4, least: 2, thread: 4, runs: 3 });
    expect(peers[1].programs.a).toEqual({ total: 6, least: 3, thread: 3, runs: 3 });
    expect(peers[1].compared).toHaveLength(1);
    expect(peers[1].compared[0]).toMatchObject({
      to: "qemu",
      boot: { total: 3 },
      programs: { b: { total: 3, thread: 3 } },
    });
  });

  it("gives the geometric mean and the largest of a peer's ratios", () => {
    const ours = run("isinglass-node24", 1, 10, 2, 32);
    const [{ peers }] = summarise([run("qemu", 1, 10, 1, 4), ours]);
    expect(peers[1].compared[0].geometricMean.total).toBeCloseTo(4);
    expect(peers[1].compared[0].largest.total).toBe(8);
    expect(geometricMean([1, 10, 100])).toBeCloseTo(10);
  });

  it("compares with v86 on the same Node", () => {
    const runs = ["isinglass-node24", "v86-node20", "v86-node24"].map((peer, i) => run(peer, 1, 10 ** i, 1, 1));
    const [{ peers }] = summarise(runs);
    expect(peers[0].compared).toMatchObject([{ to: "v86-node24", boot: { total: 0.01 } }]);
  });

  it("names programs whose checksum differs between emulators or rounds", () => {
    const wrong = run("isinglass-node24", 1, 1, 1, 1);
    wrong.programs.b.checksum = "3";
    expect(summarise([run("qemu", 1, 1, 1, 1), wrong])[0].checksums).toEqual(["b"]);
    expect(suiteTables(summarise([run("qemu", 1, 1, 1, 1), wrong])).join("\n")).toContain("Checksums differ: b.");
  });

  it("names flags and mitigations that only one of the guests has", () => {
    const other = { flags: "fpu lm svm", mitigations: { mds: "Vulnerable" } };
    const summary = summarise([run("qemu", 1, 1, 1, 1, { cpuinfo: other }), run("isinglass-node24", 1, 1, 1, 1)]);
    expect(summary[0].differences.qemu).toEqual([
      "flags only there: svm",
      "flags only here: tsc",
      "mds: Vulnerable there, Not affected here",
    ]);
  });

  it("draws a bar for the boot, each program and their mean", () => {
    const [summary] = summarise([run("qemu", 1, 1, 1, 1), run("isinglass-node24", 1, 2, 4, 1)]);
    const svg = guestChart(summary);
    // One square of the legend and four bars.
    expect(svg.match(/<rect /g)).toHaveLength(5);
    expect(svg).toMatch(/>4\.00</);
    expect(guestChart(summarise([run("isinglass-node24", 1, 2, 4, 1)])[0])).toBeUndefined();
  });
});
