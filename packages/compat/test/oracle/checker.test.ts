import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { checkVulnerabilities, type Cpu, readCpu } from "../../src/index.js";
import { kernelVulnerabilities, readHost } from "../../src/node/index.js";
import { libvirtSource, vulnerabilityChecker } from "../support.js";

const program = vulnerabilityChecker();
const available = requireOracle("spectre-meltdown-checker (apt-get download)", program !== undefined);
/** It looks at what it is told about another CPU only where it could execute CPUID itself. */
const canPretend = available && existsSync("/dev/cpu/0/cpuid");
const source = canPretend ? libvirtSource() : undefined;
const long = process.env["ISG_ORACLE"] === "long";

/** Its numbers and our names; of 3640 and 3615 Linux has no file. */
const NAMES: Readonly<Record<string, string>> = {
  "CVE-2017-5753": "spectre_v1",
  "CVE-2017-5715": "spectre_v2",
  "CVE-2017-5754": "meltdown",
  "CVE-2018-3639": "spec_store_bypass",
  "CVE-2018-3620": "l1tf",
  "CVE-2018-3646": "l1tf",
  "CVE-2018-12126": "mds",
  "CVE-2018-12130": "mds",
  "CVE-2018-12127": "mds",
  "CVE-2019-11091": "mds",
  "CVE-2019-11135": "tsx_async_abort",
  "CVE-2018-12207": "itlb_multihit",
  "CVE-2020-0543": "srbds",
};

interface Answer {
  readonly CVE: string;
  readonly INFOS: string;
}

/** What it says about the CPU, whatever the kernel does about it. */
function asked(env: Readonly<Record<string, string>>, ...options: readonly string[]): Map<string, boolean> {
  const { stdout } = spawnSync(program!, ["--batch", "json", ...options], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 120_000,
  });
  const answers = JSON.parse(stdout) as Answer[];
  return new Map(answers.map(({ CVE, INFOS }) => [CVE, !INFOS.startsWith("your CPU vendor reported your CPU model")]));
}

/** A CPU as the variables that it takes for its own tests have it; leaves and registers that a dump lacks are zero. */
function pretending(cpu: Cpu): Record<string, string> {
  const { family, model, stepping } = cpu.signature!;
  const env: Record<string, string> = {
    SMC_MOCK_CPU_VENDOR: cpu.vendor,
    SMC_MOCK_CPU_FAMILY: String(family),
    SMC_MOCK_CPU_MODEL: String(model),
    SMC_MOCK_CPU_STEPPING: String(stepping),
    SMC_MOCK_CPU_FRIENDLY_NAME: cpu.brand === "" ? "x" : cpu.brand,
    SMC_MOCK_CPU_UCODE: "0x1",
  };
  for (const leaf of [0, 1, 7, 0x80000000, 0x80000001, 0x80000007, 0x80000008, 0x80000021]) {
    const e = cpu.dump!.get(leaf);
    env[`SMC_MOCK_CPUID_${leaf}_0`] = e === undefined ? "0 0 0 0" : `${e.eax} ${e.ebx} ${e.ecx} ${e.edx}`;
  }
  const capabilities = cpu.dump!.msr(0x10a);
  if (capabilities === undefined) env["SMC_MOCK_RDMSR_0x10a_RET"] = "1";
  else env["SMC_MOCK_RDMSR_0x10a"] = String(capabilities.low);
  return env;
}

/** Bits of IA32_ARCH_CAPABILITIES that clear a CPU, as Intel says and Linux takes it, and that the checker 0.45 does not look at there. */
const OVERLOOKED: Readonly<Record<string, string>> = { l1tf: "rdctl-no", itlb_multihit: "pschange-mc-no" };

interface Comparison {
  compared: number;
  different: string[];
  /** Differences that such a bit explains. */
  overlooked: number;
}

/** Differences of the checker's words from ours, wherever both speak. */
function compare(cpu: Cpu, theirs: ReadonlyMap<string, boolean>): Comparison {
  const ours = new Map(checkVulnerabilities(cpu).map((v) => [v.vulnerability.id, v.affected]));
  const out: Comparison = { compared: 0, different: [], overlooked: 0 };
  for (const [cve, name] of Object.entries(NAMES)) {
    const [we, they] = [ours.get(name)!, theirs.get(cve)];
    if (we === "unknown" || they === undefined) continue;
    out.compared += 1;
    if ((we === "affected") === they) continue;
    if (they && cpu.features.has(OVERLOOKED[name] ?? "")) out.overlooked += 1;
    else out.different.push(`${cpu.name}: ${cve} ${name}: ${we}, the checker ${they ? "" : "not "}affected`);
  }
  return out;
}

describe.runIf(available)("spectre-meltdown-checker", () => {
  it("says of the host what we say, and what the kernel says", { timeout: 120_000 }, () => {
    const theirs = asked({});
    const { compared, different } = compare(readHost(), theirs);
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(10);
    const kernel = kernelVulnerabilities();
    for (const [cve, name] of Object.entries(NAMES)) {
      const line = kernel.get(name) ?? "";
      if (line !== "" && !line.startsWith("Unknown"))
        expect(theirs.get(cve), `${cve}: ${line}`).toBe(line !== "Not affected");
    }
    if (long) console.log(`spectre-meltdown-checker on this host: ${compared} of ${compared} agree`);
  });

  it.runIf(source !== undefined)("says of recorded dumps what we say", { timeout: 600_000 }, () => {
    const data = join(source!, "tests/cputestdata");
    const dumps = readdirSync(data).flatMap((file) => /^(x86_64-cpuid-.*)-host\.xml$/.exec(file)?.slice(1) ?? []);
    const chosen = long ? dumps : dumps.filter((_, i) => i % 20 === 3);
    const all: Comparison = { compared: 0, different: [], overlooked: 0 };
    for (const name of chosen) {
      const cpu = readCpu(readFileSync(join(data, `${name}.xml`)), name);
      const { compared, different, overlooked } = compare(cpu, asked(pretending(cpu), "--no-sysfs"));
      all.compared += compared;
      all.overlooked += overlooked;
      all.different.push(...different);
    }
    expect(all.different).toEqual([]);
    expect(all.compared).toBeGreaterThan(chosen.length * 10);
    if (long) {
      const equal = all.compared - all.overlooked;
      console.log(
        `spectre-meltdown-checker on ${chosen.length} dumps: ${equal} of ${all.compared} verdicts agree; in ${all.overlooked} it overlooks RDCL_NO or PSCHANGE_MC_NO`,
      );
    }
  });
});
