import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  CLAIMS,
  claimsHtml,
  CLASSES,
  type ClaimsRun,
  figureText,
  readClaimsRun,
  summarise,
  unmeasuredVerdict,
  verdictOfFactor,
  verdictText,
} from "../src/index.js";
import { byFactor } from "../src/node/claims/figures.js";
import { kvmSamples } from "../src/node/claims/kvm-guest.js";
import { measurable, measureClaims } from "../src/node/index.js";

const RUN: ClaimsRun = {
  schema: 1,
  host: "a host",
  date: "2026-11-22",
  results: [
    {
      id: "A3.2",
      figures: [{ what: "add", unit: "ns", method: "cpu", text: "", samples: [0.25, 0.26, 0.24] }],
      verdict: "off",
      factor: 0.078,
      noisy: false,
      command: "isg claims run A3.2",
    },
  ],
};

describe("claims", () => {
  it("of which nothing could be timed are not measured yet, whatever the arithmetic gives", () => {
    expect(byFactor([], Number.NaN)).toEqual({ figures: [], verdict: "not measured yet" });
    expect(byFactor([], -Infinity).verdict).toBe("not measured yet");
    expect(byFactor([], 2)).toEqual({ figures: [], verdict: "holds", factor: 2 });
  });

  it("are the 91 rows of the article, each whole in both languages", () => {
    expect(CLAIMS.length).toBe(91);
    expect(new Set(CLAIMS.map((c) => c.id)).size).toBe(91);
    const sections = [10, 3, 13, 18, 10, 9, 9, 9, 10];
    sections.forEach((count, section) =>
      expect(CLAIMS.filter((c) => c.id.startsWith(`A${section}.`)).length, `section ${section}`).toBe(count),
    );
    for (const claim of CLAIMS) {
      expect(
        [...claim.statement, ...claim.truth].every((text) => text !== "" && !text.includes("|")),
        `of ${claim.id}`,
      ).toBe(true);
      expect(/[\u4e00-\u9fff]/.test(claim.statement[1]), `of ${claim.id}`).toBe(true);
    }
  });

  it("have a measurement for at least 20 rows, among them those that were asked for", () => {
    const asked =
      "A2.2 A2.3 A2.10 A3.1 A3.2 A3.3 A3.4 A3.5 A3.9 A3.10 A3.11 A3.13 A3.15 A3.16 A4.2 A4.4 A4.5 A4.6 A4.7 A5.1 A5.2 A5.3 A5.9";
    expect(measurable()).toEqual(expect.arrayContaining(asked.split(" ")));
    for (const id of measurable())
      expect(
        CLAIMS.some((c) => c.id === id),
        `of ${id}`,
      ).toBe(true);
  });

  it("never show the article's figure without ours or the words that there is none", () => {
    for (const language of ["en", "zh-CN"] as const) {
      const text = claimsHtml(RUN, language);
      const none = language === "en" ? "not measured yet" : "尚未测量";
      for (const claim of CLAIMS.filter((c) => c.figure !== "")) {
        const row = text.slice(text.indexOf(`<tr id="${claim.id}"`)).split("</tr>")[0]!;
        expect(row).toContain('class="figure"');
        expect(row.includes(none) || row.includes("0.25 ns"), `of ${claim.id}`).toBe(true);
      }
      expect(text).not.toMatch(/<script|\bsrc=|<link|url\(|@import|https?:/);
    }
  });

  it("measure what needs no timing the same way each time", { timeout: 60_000 }, async () => {
    const ids = ["A2.2", "A2.3", "A2.10", "A3.4", "A3.15", "A5.1", "A5.2"];
    const seen: string[] = [];
    const first = await measureClaims(ids, { samples: 30 }, (id) => seen.push(id));
    const second = await measureClaims(ids, { samples: 30 }, () => undefined);
    expect(seen).toEqual(ids);
    const plain = (run: ClaimsRun): unknown => run.results.map((result) => ({ ...result, noisy: false }));
    expect(plain(second)).toEqual(plain(first));
    expect(first.results.find((r) => r.id === "A2.3")?.verdict).toBe("off");
    expect(first.results.find((r) => r.id === "A3.15")?.figures[0]?.text).toBe("17");
  });
});

const system = requireOracle("QEMU (qemu-system-x86_64)", process.arch === "x64" && hasCommand("qemu-system-x86_64"));

describe("a guest that times itself", () => {
  it.runIf(system)("executes every class of instructions and says how long they take", { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "isg-guest-"));
    try {
      // The same firmware as under KVM, which is not on every machine.
      const samples = kvmSamples(folder, "tcg");
      expect([...samples.keys()]).toEqual(Object.keys(CLASSES));
      for (const [name, sample] of samples) {
        const time = sample()!;
        expect(time, `of ${name}`).toBeGreaterThan(0.01);
        expect(time, `of ${name}`).toBeLessThan(100_000);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a file with a run", () => {
  it("is read as it was written, and what is broken in it is named", () => {
    expect(readClaimsRun(JSON.stringify(RUN), "f")).toEqual(RUN);
    const [good] = RUN.results;
    const broken: [unknown, RegExp][] = [
      ["{", /^f: .*not JSON$/],
      [null, /schema 1/],
      [{ ...RUN, schema: 2 }, /schema 1/],
      [{ ...RUN, results: [good, null] }, /results\[1\]/],
      [{ ...RUN, results: [{ ...good, verdict: "fine" }] }, /results\[0\]/],
      [{ ...RUN, results: [{ ...good, figures: [{ ...good!.figures[0], samples: ["1"] }] }] }, /results\[0\]/],
      [{ ...RUN, results: [{ ...good, factor: "2" }] }, /results\[0\]/],
    ];
    for (const [value, message] of broken)
      expect(() => readClaimsRun(typeof value === "string" ? value : JSON.stringify(value), "f")).toThrow(message);
  });
});

describe("figures", () => {
  const figures = ["host", "QEMU TCG", "KVM"].flatMap((engine, e) =>
    ["add", "load", "store"].map((name, n) => ({
      what: `${name}, ${engine}`,
      unit: "ns",
      method: "cpu" as const,
      text: "",
      samples: [e + n + 1, e + n + 2, e + n + 3],
    })),
  );
  const run = (list: typeof figures): ClaimsRun => ({ ...RUN, results: [{ ...RUN.results[0]!, figures: list }] });

  it("are a table where there are many of one unit, a row a class and a column an engine, with their intervals", () => {
    const table = /<table class="figures">.*?<\/table>/s.exec(claimsHtml(run(figures), "en"))![0];
    expect(table.match(/<tr>/g)!.length).toBe(4);
    expect(table).toContain(
      '<th scope="col">ns, n = 3</th><th scope="col">host</th><th scope="col">QEMU TCG</th><th scope="col">KVM</th>',
    );
    expect(table).toContain('<th scope="row">load</th><td>3.00<div class="soft">2.00–4.00</div></td>');
    expect(claimsHtml(run(figures.slice(0, 8)), "en")).not.toContain('<table class="figures">');
  });
});

describe("statistics", () => {
  it("give the median and an interval that holds it, the same for the same samples", () => {
    const samples = Array.from({ length: 31 }, (_, i) => i + 1);
    const summary = summarise(samples);
    expect(summary.median).toBe(16);
    expect(summary.low).toBeLessThan(16);
    expect(summary.low).toBeGreaterThan(7);
    expect(summary.high).toBeGreaterThan(16);
    expect(summary.high).toBeLessThan(25);
    expect(summarise(samples)).toEqual(summary);
  });

  it("call a factor of up to three agreement", () => {
    expect([0.3, 0.34, 1, 2.9, 3.1].map(verdictOfFactor)).toEqual(["off", "holds", "holds", "holds", "off"]);
    expect(verdictText("en", "off", 0.1)).toBe("off by a factor of 10");
    expect(verdictText("zh-CN", "off", 4.44)).toBe("相差 4.4 倍");
    expect(figureText(RUN.results[0]!.figures[0]!)).toMatch(/^add: 0\.25 ns \(95 %: 0\.24 to 0\.26, n = 3\)$/);
    expect(unmeasuredVerdict(CLAIMS.find((c) => c.id === "A1.1")!)).toBe("unverifiable");
  });
});
