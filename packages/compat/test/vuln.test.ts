import { existsSync } from "node:fs";
import { requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  checkEntries,
  checkVulnerabilities,
  cpuOfNames,
  modelNamed,
  readCpuinfo,
  VULN_ENTRIES,
  VULNERABILITIES,
} from "../src/index.js";
import { kernelVulnerabilities, readHost } from "../src/node/index.js";

const kernel = kernelVulnerabilities();
const available = requireOracle(
  "a kernel that reports vulnerabilities",
  existsSync("/proc/cpuinfo") && kernel.size > 0,
);

it.runIf(available)("our rules agree with the kernel about the host wherever both speak", () => {
  const verdicts = checkVulnerabilities(readHost(), kernel);
  expect(
    verdicts.filter((v) => v.agrees === false).map((v) => `${v.vulnerability.id}: ${v.affected}, ${v.kernel}`),
  ).toEqual([]);
  expect(verdicts.filter((v) => v.agrees === true).length).toBeGreaterThanOrEqual(8);
});

describe("rules", () => {
  const intel = (model: number, ...features: string[]): ReturnType<typeof cpuOfNames> =>
    cpuOfNames(features, {
      name: "x",
      source: "test",
      vendor: "GenuineIntel",
      signature: { family: 6, model, stepping: 4 },
    });
  const affected = (cpu: ReturnType<typeof cpuOfNames>): string[] =>
    checkVulnerabilities(cpu)
      .filter((v) => v.affected === "affected")
      .map((v) => v.vulnerability.id);

  it("find Skylake-X affected by what Intel's table lists for it", () => {
    expect(affected(intel(0x55, "avx", "rtm", "rdrand"))).toEqual([
      "gather_data_sampling",
      "itlb_multihit",
      "l1tf",
      "mds",
      "meltdown",
      "mmio_stale_data",
      "retbleed",
      "spec_store_bypass",
      "spectre_v1",
      "spectre_v2",
      "tsx_async_abort",
      "vmscape",
    ]);
  });

  it("acquit no CPU of which neither maker nor family is told", () => {
    const level = modelNamed("x86-64-v3");
    expect(checkVulnerabilities(level).filter((v) => v.affected === "not affected")).toEqual([]);
    expect(checkVulnerabilities(level).find((v) => v.vulnerability.id === "meltdown")?.affected).toBe("unknown");
    const entries = checkEntries(level).filter((e) => e.entry.layer === "cpu" && e.entry.component === "");
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter((e) => e.verdict === "not affected")).toEqual([]);
  });

  it("believe the bits that say that a CPU is mended", () => {
    const mended = affected(
      intel(0x6a, "avx", "arch-capabilities", "rdctl-no", "mds-no", "taa-no", "gds-no", "pschange-mc-no", "its-no"),
    );
    for (const id of ["meltdown", "l1tf", "mds", "gather_data_sampling", "itlb_multihit"])
      expect(mended).not.toContain(id);
  });

  // Linux' arch/x86/kernel/cpu/common.c, cpu_vuln_whitelist and cpu_vuln_blacklist.
  it.each([
    ["Ice Lake-L by SRBDS, as its shared buffers are sampled", intel(0x7e, "rdrand"), "srbds", "affected"],
    ["Ice Lake-X not by SRBDS", intel(0x6a, "rdrand"), "srbds", "not affected"],
    ["Ice Lake-X not by VMSCAPE", intel(0x6a), "vmscape", "not affected"],
    ["Westmere not by VMSCAPE", intel(0x2c), "vmscape", "not affected"],
    ["Sierra Forest by VMSCAPE", intel(0xaf), "vmscape", "affected"],
    ["the late Airmont by speculative store bypass", intel(0x75), "spec_store_bypass", "affected"],
    ["Silvermont not by it", intel(0x37), "spec_store_bypass", "not affected"],
    [
      "Ice Lake-X by MMIO stale data with one of the three bits",
      intel(0x6a, "arch-capabilities", "fbsdp-no"),
      "mmio_stale_data",
      "affected",
    ],
    [
      "Ice Lake-X not by it with all three",
      intel(0x6a, "arch-capabilities", "fbsdp-no", "psdp-no", "sbdr-ssdp-no"),
      "mmio_stale_data",
      "not affected",
    ],
  ])("find %s", (_, cpu, id, verdict) => {
    expect(checkVulnerabilities(cpu).find((v) => v.vulnerability.id === id)!.affected).toBe(verdict);
  });

  it("find Zhaoxin affected by Meltdown and not by Spectre v2, and say nothing of makers that are in no list", () => {
    const of = (vendor: string, family: number): Map<string, string> => {
      const cpu = cpuOfNames([], { name: "x", source: "x", vendor, signature: { family, model: 0x3b, stepping: 0 } });
      return new Map(checkVulnerabilities(cpu).map((v) => [v.vulnerability.id, v.affected]));
    };
    const zhaoxin = of("  Shanghai  ", 7);
    expect([zhaoxin.get("meltdown"), zhaoxin.get("spectre_v2"), zhaoxin.get("mds")]).toEqual([
      "affected",
      "not affected",
      "affected",
    ]);
    expect([...of("GenuineRDC", 6).values()]).not.toContain("not affected");
  });

  it("leave open what a list of flags does not tell", () => {
    const text =
      "processor : 0\nvendor_id : AuthenticAMD\ncpu family : 26\nmodel : 2\nstepping : 1\nflags : fpu ssbd\n";
    const zen5 = new Map(checkVulnerabilities(readCpuinfo(text, "x")).map((v) => [v.vulnerability.id, v.affected]));
    expect([zen5.get("spec_rstack_overflow"), zen5.get("spec_store_bypass")]).toEqual(["unknown", "unknown"]);
  });

  it("find Zen 2 affected by Zenbleed and not by L1TF", () => {
    const rome = modelNamed("EPYC-Rome");
    const entry = checkEntries(rome).find((e) => e.entry.ids.includes("CVE-2023-20593"))!;
    expect(entry.verdict).toBe("affected");
    const hygon = { ...rome, vendor: "HygonGenuine", signature: { family: 0x18, model: 1, stepping: 1 } };
    const division = (cpu: typeof rome): string =>
      checkEntries(cpu).find((e) => e.entry.ids.includes("CVE-2023-20588"))!.verdict;
    expect([division(hygon), division(rome)]).toEqual(["affected", "not affected"]);
    expect(affected(rome)).not.toContain("l1tf");
    expect(affected(rome)).toContain("retbleed");
  });

  it("leave bugs of programs to the programs, and show the article's two numbers as wrong", () => {
    const verdicts = checkEntries(modelNamed("Haswell"));
    expect(verdicts.find((e) => e.entry.ids[0] === "CVE-2020-14364")?.verdict).toBe("component");
    const wrong = verdicts.filter((e) => e.verdict === "article").flatMap((e) => e.entry.ids);
    expect(wrong).toEqual(["CVE-2022-35683", "CVE-2023-2073"]);
    const ids = VULN_ENTRIES.flatMap((e) => e.ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { ids: numbers, sources } of VULN_ENTRIES) {
      expect(sources.slice(0, numbers.length)).toEqual(numbers.map((id) => `${id} (CVE record)`));
      for (const source of sources.slice(numbers.length))
        expect(source).toMatch(/^(INTEL-SA-\d{5}|AMD-SB-\d{4}|VMSA-\d{4}-\d{4}|XSA-\d+)$/);
    }
    for (const { sources } of VULNERABILITIES) expect(sources.length).toBeGreaterThan(0);
  });
});
