import { cpus, totalmem } from "node:os";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Wasm } from "@isinglass/wasm";
import { type Command, flag, noWords } from "../command.js";
import { cacheFolder, hasProgram } from "../debian.js";

/** Modules that validate only where a WebAssembly feature is there: an empty function with one instruction of it. */
const PROBES: readonly (readonly [string, readonly number[]])[] = [
  ["simd", [0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a]],
  ["bulk memory", [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0]],
  ["tail calls", [0x12, 0]],
  ["saturating float to int", [0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a]],
];

function probe(body: readonly number[]): boolean {
  const code = [0, ...body, 0x0b];
  return Wasm.validate(
    Uint8Array.from([
      0,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      1,
      4,
      1,
      0x60,
      0,
      0,
      3,
      2,
      1,
      0,
      5,
      3,
      1,
      0,
      1,
      10,
      code.length + 2,
      1,
      code.length,
      ...code,
    ]),
  );
}

const TOOLS: readonly (readonly [name: string, use: string])[] = [
  ["apt-get", "isg boot debian: Debian packages"],
  ["dpkg-deb", "isg boot debian: unpacking them"],
  ["mmdebstrap", "isg boot debian --create: Debian on a disk"],
  ["gcc", "tests against this CPU"],
  ["objdump", "tests of the decoder"],
  ["qemu-system-x86_64", "comparisons and benchmarks"],
  ["iasl", "tests of the ACPI tables"],
];

export const DOCTOR: Command = {
  name: "doctor",
  words: "",
  summary: "Says what this machine offers: WebAssembly features, tools, kernels found.",
  options: { json: { type: "boolean", help: "as JSON" } },
  example: "isg doctor",
  async run(invocation) {
    noWords(invocation, "doctor");
    const tools: Record<string, boolean> = {};
    for (const [name] of TOOLS) tools[name] = await hasProgram(name);
    const report = {
      node: process.version,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryMiB: Math.round(totalmem() / 1048576),
      webassembly: Object.fromEntries(PROBES.map(([name, body]) => [name, probe(body)])),
      kvm: await access("/dev/kvm").then(
        () => true,
        () => false,
      ),
      tools,
      cache: cacheFolder(),
      kernels: [
        ...(await readdir("/boot").catch(() => [])).filter((f) => f.startsWith("vmlinuz")).map((f) => join("/boot", f)),
        ...(await readdir(cacheFolder()).catch(() => []))
          .filter((f) => f.endsWith(".vmlinuz"))
          .map((f) => join(cacheFolder(), f)),
      ],
    };
    if (flag(invocation, "json")) {
      process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
      return 0;
    }
    const yes = (value: boolean): string => (value ? "yes" : "no");
    const lines = [
      `Node                     ${report.node}`,
      `CPU                      ${report.cpu}, ${report.cores} cores, ${report.memoryMiB} MiB`,
      ...Object.entries(report.webassembly).map(([name, value]) => `WebAssembly ${name.padEnd(12)} ${yes(value)}`),
      `/dev/kvm                 ${yes(report.kvm)} (not used)`,
      ...TOOLS.map(([name, use]) => `${name.padEnd(24)} ${yes(tools[name] === true).padEnd(4)} ${use}`),
      `cache                    ${report.cache}`,
      `kernels                  ${report.kernels.length === 0 ? "none found" : report.kernels.join(" ")}`,
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    return 0;
  },
};
