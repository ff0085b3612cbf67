import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  articleRows,
  cellOf,
  cellText,
  type Column,
  cpuOfNames,
  featureNamed,
  makeMatrix,
  matrixHtml,
  matrixRows,
  modelNamed,
  probeProgram,
} from "../src/index.js";
import { shellWord } from "../src/matrix/level.js";
import { makeColumn, probe, probeNames, readHost } from "../src/node/index.js";

function column(name: string, engine: Column["engine"] = "native"): Column {
  return { name, engine, cpu: modelNamed(name), evidence: "", command: `isg matrix --on ${name}` };
}

describe("levels", () => {
  it("make the article's rows come out as claimed on a machine that has them all", () => {
    const { cells } = makeMatrix(articleRows(), [column("Skylake-Server"), column("Nehalem")]);
    expect(cells.map((row) => row.map(cellText))).toEqual([
      ["3", "0"],
      ["3", "0"],
      ["2", "0d"],
      ["0", "0"],
    ]);
  });

  it("call a group partial when a part of it is there", () => {
    const cpu = cpuOfNames(["avx512f", "avx2", "avx", "fma", "f16c", "xsave"], { name: "x", source: "x" });
    const { cells } = makeMatrix(matrixRows(["AVX-512"]), [{ ...column("Nehalem"), cpu }]);
    expect(cellText(cells[0]![0]!)).toBe("3p");
  });

  it("say that LZCNT runs as BSR where it is absent: no fault, another result", () => {
    const cell = cellOf(featureNamed("lzcnt"), column("Nehalem"));
    expect(cellText(cell)).toBe("0d");
    expect(cell.evidence.join()).toContain("lzcnt runs as bsr");
  });

  it("count a feature as software only when it takes more than five times as long", () => {
    const tcg = (ratio: number): string =>
      cellText(cellOf(featureNamed("avx2"), { ...column("max", "tcg"), ratios: new Map([["avx2", ratio]]) }));
    expect(tcg(4.9)).toBe("3n");
    expect(tcg(5.1)).toBe("1n");
    expect(cellText(cellOf(featureNamed("avx2"), column("max", "tcg")))).toBe("1n");
    expect(cellText(cellOf(featureNamed("bmi2"), column("max", "tcg")))).toBe("1n");
  });

  it("call nothing native speed that a translator executes, unless it was measured", () => {
    const names = ["msr", "tsc", "monitor", "smep", "bmi2", "avx2"];
    expect(names.map((name) => cellText(cellOf(featureNamed(name), column("max", "tcg"))))).toEqual(
      names.map(() => "1n"),
    );
  });

  it("believe a probe that ran, where without the feature it would have faulted", () => {
    const probed = (name: string, ran: boolean, unknown: readonly string[] = []): string => {
      const cpu = cpuOfNames(["fpu"], { name: "x", source: "x", unknown: new Set(unknown) });
      return cellText(cellOf(featureNamed(name), { ...column("max"), cpu, probes: new Map([[name, ran]]) }));
    };
    expect(probed("bmi2", true)).toBe("2");
    expect(probed("bmi2", false)).toBe("0");
    expect(probed("bmi2", true, ["bmi2"])).toBe("2");
    expect(probed("abm", true)).toBe("0d");
    const { evidence } = cellOf(featureNamed("bmi2"), { ...column("Nehalem"), probes: new Map([["bmi2", true]]) });
    expect(evidence.join("; ")).toMatch(
      /is clear; a probe of its instruction ran; usable though CPUID does not show it/,
    );
  });

  it("follow how many forms our own engines execute", () => {
    const own = (executed: number, compiled: number, engine: "interpreter" | "jit" = "jit"): Column => ({
      ...column("max", engine),
      coverage: (isa) => (isa === "AVX2" ? { forms: 4, executed, compiled } : { forms: 0, executed: 0, compiled: 0 }),
    });
    const cell = (made: Column): string => cellText(cellOf(featureNamed("avx2"), made));
    expect([cell(own(4, 4)), cell(own(3, 3)), cell(own(0, 0))]).toEqual(["1n", "1pn", "0"]);
    const { evidence } = cellOf(featureNamed("avx2"), own(4, 3));
    expect(evidence).toContain("4 of its 4 forms are executed, 3 of them compiled");
    expect(cellOf(featureNamed("avx2"), own(4, 3, "interpreter")).evidence).toContain("4 of its 4 forms are executed");
    expect(cell({ ...own(4, 4), ratios: new Map([["avx2", 2]]) })).toBe("3n");
  });

  it("name commands that a shell takes as they are meant", () => {
    const odd = { ...column("Nehalem"), command: `isg matrix --on ${shellWord("it's a dump.txt")}` };
    expect(cellOf(featureNamed("avx2"), odd).command).toBe("isg matrix --on 'it'\\''s a dump.txt' --why avx2");
    expect(
      makeMatrix(matrixRows(["BMI1/2", "sha-3"]), [odd])
        .cells.flat()
        .map((c) => c.command.split(" --why ")[1]),
    ).toEqual(["BMI1/2", "SHA-3"]);
  });

  it("leave open what a dump does not say", () => {
    const cpu = cpuOfNames(["fpu"], { name: "x", source: "x", unknown: new Set(["xsaves"]) });
    expect(cellText(cellOf(featureNamed("xsaves"), { ...column("max"), cpu }))).toBe("?");
  });

  it("refuse a row that nobody knows", () => {
    expect(() => matrixRows(["avx9"])).toThrow(/"avx9" is no CPU feature/);
  });
});

const linux = process.platform === "linux" && process.arch === "x64";
const qemu = requireOracle("QEMU (qemu-x86_64)", linux && hasCommand("qemu-x86_64"));

describe("probes", () => {
  it("are programs for every feature that has one", () => {
    for (const name of probeNames()) {
      expect(featureNamed(name).name).toBe(name);
      expect(probeProgram(name, 1)!.length).toBeGreaterThan(0x78);
    }
    expect(probeProgram("smep", 1)).toBeUndefined();
  });

  it.runIf(linux)("run on this host exactly where CPUID has the feature", () => {
    const host = readHost();
    for (const [name, { ran }] of probe(probeNames(), [], false)) {
      const feature = featureNamed(name);
      // What is no fault without the feature proves nothing; an operating system may hide what the CPU executes (FSGSBASE).
      if (ran === undefined || feature.absence.kind === "nop" || name === "abm") continue;
      if (host.features.has(name)) expect(ran, `${name} is shown`).toBe(true);
      else if (ran) expect(feature.control, `${name} is hidden, and nothing keeps it from running`).toBe("");
    }
  });

  it.runIf(qemu)("fault under qemu-user's model Nehalem exactly where the model lacks the feature", () => {
    const nehalem = modelNamed("Nehalem");
    const faults: string[] = [];
    const wrong: string[] = [];
    for (const [name, { ran }] of probe(probeNames(), ["qemu-x86_64", "-cpu", "Nehalem"], false)) {
      const feature = featureNamed(name);
      if (ran === false) faults.push(name);
      if (ran === undefined || feature.absence.kind !== "fault") continue;
      if (ran !== nehalem.features.has(name)) wrong.push(name);
    }
    expect(faults).toEqual(expect.arrayContaining(["avx", "avx2", "bmi2", "fma", "aes", "avx512f", "sha-ni"]));
    // QEMU 7.2's TCG executes these whatever the model says: target/i386/tcg/translate.c has no check for them.
    expect(wrong.filter((name) => !TCG_DOES_NOT_CHECK.includes(name))).toEqual([]);
  });
});

/** Instructions whose feature TCG does not look at. */
const TCG_DOES_NOT_CHECK: readonly string[] = [];

describe("the page", () => {
  it("is whole in both languages, escapes what comes from outside, and loads nothing", async () => {
    const made = await makeColumn("Haswell", { probe: false, features: [] });
    if (!("column" in made)) throw new Error("no column");
    const nasty = { ...made.column, name: `<script>alert("1")</script>` };
    const matrix = makeMatrix(matrixRows([]), [nasty]);
    for (const language of ["en", "zh-CN"] as const) {
      const text = matrixHtml(matrix, language, [{ missing: "kvm", why: "<b>" }]);
      expect(text).toContain(`<html lang="${language}">`);
      expect(text).not.toMatch(/<script|\bsrc=|<link|url\(|@import|https?:/);
      expect(text.includes("特性")).toBe(language === "zh-CN");
      expect(text.match(/<td /g)!.length).toBe(matrix.rows.length);
    }
  });

  it("has its evidence in Chinese too", () => {
    const columns: Column[] = [
      column("Skylake-Server"),
      column("Nehalem"),
      { ...column("max", "tcg"), ratios: new Map([["sse4.1", 7]]), probes: new Map([["ssse3", true]]) },
      column("Haswell", "kvm"),
      { ...column("Haswell"), probes: new Map([["avx512f", true]]) },
      { ...column("max", "jit"), coverage: () => ({ forms: 4, executed: 4, compiled: 3 }) },
      { ...column("Haswell", "interpreter"), coverage: () => ({ forms: 4, executed: 4, compiled: 3 }) },
    ];
    const text = matrixHtml(makeMatrix(matrixRows([], true), columns), "zh-CN", [
      { missing: "kvm", why: "there is no /dev/kvm" },
    ]);
    const evidence = text.slice(text.indexOf("<h2>依据")).replace(/<code>[^<]*<\/code>|<summary>[^<]*|<[^>]*>/g, " ");
    // What is left in English are sentences that were added without a Chinese one.
    expect(evidence.match(/\b(is|its|the|of|with|without|by|not|are|to) [a-z]+/g) ?? []).toEqual([]);
  });
});
