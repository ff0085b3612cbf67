/** The measurements of the claims report. Each returns figures and a verdict on the article's statement. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { FORMS } from "@isinglass/isa-x86";
import {
  articleRows,
  cellText,
  checkVulnerabilities,
  type ClaimsRun,
  type Column,
  cpuLevel,
  countInstructions,
  type Figure,
  makeMatrix,
  type Measurement,
  median,
  sensitiveUnprivileged,
  vectorWidth,
  VULN_ENTRIES,
} from "../../index.js";
import { chaseProgram, cpuidProgram, faultProgram, freshCodeProgram } from "../../claims/programs.js";
import { makeColumn } from "../columns.js";
import { kernelVulnerabilities, readHost } from "../host.js";
import { inFolder } from "../files.js";
import { probe } from "../probe.js";
import { byFactor, data, type Found, type Measure, type MeasureOptions, probed, ratio, timed } from "./figures.js";
import { instructionTimes, slowdownFigures, slowdowns, timeFigures } from "./instructions.js";
import { gated, programSubject, type Subject, takeTurns } from "./samples.js";

const QEMU = ["qemu-x86_64", "-cpu", "max"];

function fileText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** One kind of work, on the host and under QEMU's user mode, in turns. */
function both(
  make: (amount: number) => Uint8Array,
  units: number,
  amount: number,
  emulated: number,
  options: MeasureOptions,
): [number[], number[]] {
  return inFolder((folder) => {
    const subject = (name: string, runner: readonly string[], n: number): Subject =>
      programSubject(folder, name, runner, make(n), units * n);
    const samples = takeTurns([subject("host", [], amount), subject("tcg", QEMU, emulated)], options.samples);
    return [samples.get("host")!, samples.get("tcg")!];
  });
}

function ports(range: RegExp): Figure[] {
  const lines = fileText("/proc/ioports")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => range.test(line));
  return [data("this host's /proc/ioports", lines.length === 0 ? "not readable" : lines.join(", "))];
}

function articleCell(index: number): Measure {
  return async ({ own }) => {
    const options = { probe: false, features: [], ...(own === undefined ? {} : { own: () => own }) };
    const columns: Column[] = [];
    for (const word of ["host", "qemu-tcg", "kvm", "interpreter", "jit"]) {
      const made = await makeColumn(word, options);
      if ("column" in made) columns.push(made.column);
    }
    const { rows, cells } = makeMatrix([articleRows()[index]!], columns);
    const figures = cells[0]!.map((cell) => data(cell.column, `Level ${cellText(cell)}`));
    // Which machine the article's Level is meant for it does not say: it holds if the row has that level on this one or under QEMU.
    const wanted = /Level (\d)/.exec(rows[0]!.article![0])![1];
    const meant = cells[0]!.filter(({ column }) => column === "host" || column === "qemu-tcg");
    const level = meant.some((cell) => String(cell.level) === wanted);
    return { figures, verdict: rows[0]!.features.length === 0 ? "meaningless" : level ? "holds" : "off" };
  };
}

function gcmSpeed(masked: boolean, samples: number): number[] {
  const measure = `const c=require("crypto");const k=c.randomBytes(16),b=c.randomBytes(16384);const out=[];
for(let s=0;s<${samples + 1};s++){const x=c.createCipheriv("aes-128-gcm",k,Buffer.alloc(12,s));const t=process.cpuUsage();for(let i=0;i<256;i++)x.update(b);const d=process.cpuUsage(t);out.push(16384*8*256/1000/(d.user+d.system));}
console.log(JSON.stringify(out.slice(1)));`;
  // OPENSSL_ia32cap(3): bit 57 is AESNI, bit 33 PCLMULQDQ, bit 41 of the second word VAES, bit 42 VPCLMULQDQ.
  const env = masked ? { ...process.env, OPENSSL_ia32cap: "~0x200000200000000:~0x60000000000" } : process.env;
  const result = spawnSync(process.execPath, ["-e", measure], { encoding: "utf8", env, timeout: 120_000 });
  return result.status === 0 ? (JSON.parse(result.stdout) as number[]) : [];
}

/** Bits a byte (Shannon). */
function entropy(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  let sum = 0;
  for (const count of counts) if (count > 0) sum -= (count / bytes.length) * Math.log2(count / bytes.length);
  return sum;
}

const pageEntropies = (bytes: Uint8Array, count: number): number[] =>
  Array.from({ length: Math.min(count, Math.floor(bytes.length / 4096)) }, (_, i) =>
    entropy(bytes.subarray(i * 4096, (i + 1) * 4096)),
  );

function helpHas(program: string, args: readonly string[], word: RegExp): boolean | undefined {
  const result = spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
  return result.error === undefined ? word.test(`${result.stdout}${result.stderr}`) : undefined;
}

const absent = (what: string, has: boolean | undefined): Found => ({
  figures: [probed(what, has === undefined ? "QEMU is not here to be asked" : has ? "is there" : "is not there")],
  verdict: has === undefined ? "not measured yet" : has ? "holds" : "meaningless",
});

const cves = (id: string): Found => {
  const entry = VULN_ENTRIES.find((e) => e.ids.includes(id));
  return { figures: [data("the vulnerability map", entry?.what ?? "no entry")], verdict: "meaningless" };
};

/** By id. What is not here has not been measured. */
const MEASURES: Readonly<Record<string, Measure>> = {
  "A0.6": () => {
    const verdicts = checkVulnerabilities(readHost(), kernelVulnerabilities());
    const mitigated = verdicts.filter((v) => v.kernel.startsWith("Mitigation")).length;
    const open = verdicts.filter((v) => v.kernel.startsWith("Vulnerable")).length;
    return {
      figures: [
        data("hardware vulnerabilities of this host", `${mitigated} mitigated, ${open} open, ${verdicts.length} known`),
      ],
      verdict: "meaningless",
    };
  },
  "A2.1": () => ({
    figures: [
      data("this host's psABI level", `x86-64-v${cpuLevel(readHost())}`),
      data("tiers by mnemonic", JSON.stringify(countInstructions("mnemonic").tiers)),
    ],
    verdict: "holds",
  }),
  "A2.2": () => {
    const counts = (["mnemonic", "opcode", "form"] as const).map(countInstructions);
    const base = counts[0]!.tiers.base;
    return byFactor(
      counts.map((c) => data(`by ${c.by}`, `${c.tiers.base} base of ${c.total}`)),
      base / 47,
    );
  },
  "A2.3": () => {
    const widths = ["sse4.1", "avx2", "avx512f"].map((name) => [name, vectorWidth(name)] as const);
    const avx2 = widths[1]![1];
    const figures = widths.map(([name, bits]) => data(name, String(bits), "bits"));
    return { figures, verdict: avx2 === 128 ? "holds" : "off", factor: avx2 / 128 };
  },
  "A2.5": () => {
    const run = (model: string): boolean | undefined =>
      probe(["avx2"], ["qemu-x86_64", "-cpu", model], false).get("avx2")?.ran;
    const text = (ran: boolean | undefined): string => (ran === undefined ? "not tried" : ran ? "runs" : "SIGILL");
    const [older, newer] = [run("Nehalem"), run("Haswell")];
    const tried = older !== undefined && newer !== undefined;
    return {
      figures: [probed("an AVX2 instruction on Nehalem", text(older)), probed("on Haswell", text(newer))],
      verdict: !tried ? "not measured yet" : !older && newer ? "holds" : "off",
    };
  },
  "A2.10": () => ({
    figures: [
      data("guest page tables", "linear to guest-physical"),
      data("EPT (SDM vol. 3C, 29.3)", "guest-physical to host-physical"),
    ],
    verdict: "meaningless",
  }),
  "A3.1": () => {
    const flags = [...readHost().features].filter((f) => f === "invtsc" || f === "tsc" || f === "tsc-deadline");
    const kernel = /\b(constant_tsc|nonstop_tsc)\b/g;
    const told = [...new Set(fileText("/proc/cpuinfo").match(kernel) ?? [])];
    return {
      figures: [
        data("this host's TSC", [...flags, ...told].join(", ") || "unknown"),
        data("what is reported here", "CPU time of the process, instruction counts"),
      ],
      verdict: "meaningless",
    };
  },
  "A3.2": (options) => {
    const times = instructionTimes(options);
    return byFactor(timeFigures(times), median(times.get("integer add")!.get("host")!) / 3.2);
  },
  "A3.3": (options) => {
    const make = (n: number): Uint8Array => freshCodeProgram(n);
    const [host, tcg] = both(make, 5, 20_000, 20_000, options);
    return byFactor(
      [timed("fresh code, host, per instruction", "ns", host), timed("QEMU TCG, per guest instruction", "ns", tcg)],
      median(tcg) / 135,
    );
  },
  "A3.4": () => {
    const references = (guest: number, host: number): number => (guest + 1) * (host + 1) - 1;
    return {
      figures: [
        data("references of a walk, native 4 levels", "4"),
        data("nested 4 x 4", String(references(4, 4))),
        data("nested 5 x 5", String(references(5, 5))),
      ],
      verdict: "meaningless",
    };
  },
  "A3.5": (options) => {
    const sizes = [
      ["16 KiB", 256],
      ["512 KiB", 8192],
      ["64 MiB", 1 << 20],
    ] as const;
    const figures = sizes.flatMap(([name, slots]) => {
      const [host, tcg] = both((n) => chaseProgram(slots, n), 4, slots > 8192 ? 50_000 : 500_000, 50_000, options);
      return [timed(`${name}, host`, "ns", host), timed(`${name}, QEMU TCG`, "ns", tcg)];
    });
    return { figures, verdict: "meaningless" };
  },
  "A3.6": (options) => {
    const [host, tcg] = both(faultProgram, 1, 2000, 500, options);
    const figures = [timed("a page fault, host", "ns", host), timed("a page fault, QEMU TCG", "ns", tcg)];
    const own = options.own?.faults();
    if (own === undefined) return { figures, verdict: "not measured yet" };
    const each = (count: number): string => String(count / own.faults);
    return {
      figures: [
        data("TLB flushes for a guest's page fault, our machine", each(own.flushes)),
        data("exits to the hypervisor", each(own.exits)),
        ...figures,
      ],
      verdict: own.flushes === 3 * own.faults ? "holds" : "off",
    };
  },
  "A3.9": () => ({ figures: ports(/^00(60|64|80)/), verdict: "meaningless" }),
  "A3.10": () => ({ figures: ports(/^008/), verdict: "meaningless" }),
  "A3.11": () => ({ figures: ports(/^00(8[89a-f]|9|a|b|c|d|e|f)/), verdict: "meaningless" }),
  "A3.13": (options) => {
    const opcode = FORMS.find((form) => form.mnemonic === "cpuid")!.opcode;
    const [host, tcg] = both(cpuidProgram, 1, 2_000, 20_000, options);
    return {
      figures: [
        data("opcode of CPUID", opcode),
        data("its exit reason under VMX (SDM vol. 3D, appendix C)", "10"),
        timed("CPUID, host", "ns", host),
        timed("CPUID, QEMU TCG", "ns", tcg),
      ],
      verdict: "meaningless",
    };
  },
  "A3.15": () => ({
    figures: [
      data("sensitive without a trap, classic", `${sensitiveUnprivileged("classic").length}`),
      data("under VT-x", `${sensitiveUnprivileged("vmx").length}`),
    ],
    verdict: "meaningless",
  }),
  "A3.16": (options) => {
    const speed = gcmSpeed(false, options.samples);
    return byFactor([timed("AES-128-GCM, node:crypto", "Gbit/s", speed)], median(speed) / 15);
  },
  "A3.17": (options) => {
    const [fast, slow] = [gcmSpeed(false, options.samples), gcmSpeed(true, options.samples)];
    const tcg = helpHas("qemu-system-x86_64", ["-accel", "help"], /\btcg\b/);
    return {
      figures: [
        timed("with AES-NI", "Gbit/s", fast),
        timed("AES-NI and PCLMULQDQ masked", "Gbit/s", slow),
        data("penalty", ratio(fast, slow).toFixed(1), "times"),
        probed("tcg among QEMU's accelerators", tcg === true ? "yes: Tiny Code Generator" : "not asked"),
      ],
      verdict: "meaningless",
    };
  },
  "A4.2": (options) => {
    const times = instructionTimes(options);
    const tcg = slowdowns(times, "tcg");
    return byFactor([...slowdownFigures(times), ...timeFigures(times)], Math.max(...tcg.values()) / 1.35);
  },
  "A4.4": articleCell(0),
  "A4.5": articleCell(1),
  "A4.6": articleCell(2),
  "A4.7": articleCell(3),
  "A4.9": () =>
    absent("an option or property allowable-cpus of QEMU", helpHas("qemu-system-x86_64", ["-help"], /allowable-cpus/)),
  "A5.1": () => cves("CVE-2022-35683"),
  "A5.2": () => cves("CVE-2023-2073"),
  "A5.3": () => {
    const layers = new Map<string, number>();
    for (const entry of VULN_ENTRIES) layers.set(entry.layer, (layers.get(entry.layer) ?? 0) + entry.ids.length);
    return {
      figures: [data("our map of 2020 to 2023, numbers by layer", [...layers].map(([l, n]) => `${l} ${n}`).join(", "))],
      verdict: "unverifiable",
    };
  },
  "A5.7": () => absent("qcow2 among QEMU's log items (-d help)", helpHas("qemu-x86_64", ["-d", "help"], /qcow2/)),
  "A5.9": () => {
    const random = pageEntropies(randomBytes(4096 * 64), 64);
    const code = pageEntropies(readFileSync(process.execPath).subarray(1 << 20), 64);
    return {
      figures: [
        timed("a page of random bytes", "bits a byte", random),
        timed("a page of this program", "bits a byte", code),
      ],
      verdict: "meaningless",
    };
  },
};

/** Ids that there is a measurement for. */
export function measurable(): string[] {
  return Object.keys(MEASURES);
}

/**
 * Measures rows.
 *
 * @param ids rows to measure; those without a measurement are left out
 * @param progress called before each
 */
export async function measureClaims(
  ids: readonly string[],
  options: MeasureOptions,
  progress: (id: string) => void,
): Promise<ClaimsRun> {
  const results: Measurement[] = [];
  for (const id of ids) {
    const measure = MEASURES[id];
    if (measure === undefined) continue;
    progress(id);
    const { result, noisy } = await gated(() => measure(options));
    // What could not be run has no samples, and is no figure.
    const figures = result.figures.filter(({ method, samples }) => method !== "cpu" || samples.length > 0);
    results.push({ id, ...result, figures, noisy, command: `isg claims run ${id}` });
  }
  const host = readHost();
  return {
    schema: 1,
    host: `${host.brand}, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    results,
  };
}
