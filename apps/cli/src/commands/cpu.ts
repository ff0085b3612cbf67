import {
  closestModel,
  type Cpu,
  CPU_FEATURES,
  cpuLevel,
  firecrackerTemplate,
  kubevirtCpu,
  libvirtCpu,
  type ModelWithChanges,
  qemuCpu,
  writeCpuidRaw,
} from "@isinglass/compat";
import { resolveCpu } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, refuseOptions, text } from "../command.js";
import { print } from "../tables.js";

function cpuidOf(cpu: Cpu): string {
  if (cpu.dump === undefined) {
    throw new IsinglassError(
      "ISG_CLI_CPU",
      `isg cpu: ${cpu.name} (${cpu.source}) has names of features only; --as cpuid needs the CPUID leaves of a dump`,
    );
  }
  return writeCpuidRaw(cpu.dump);
}

/** Configurations by tool. A model with changes is the shortest way to say what a CPU has. */
const FORMATS: Readonly<Record<string, (cpu: Cpu, closest: ModelWithChanges) => string>> = {
  cpuid: cpuidOf,
  libvirt: (_, closest) => libvirtCpu(closest),
  qemu: (_, closest) => `${qemuCpu(closest)}\n`,
  firecracker: firecrackerTemplate,
  kubevirt: (_, closest) => kubevirtCpu(closest),
};
/** Those that name features, so that what has no name is left out. */
const BY_NAME = new Set(["libvirt", "qemu", "kubevirt"]);

/**
 * What has a name and is not written, with the reason. QEMU takes a guest with `invtsc` for one that cannot be migrated, unless its TSC's
 * frequency is set (target/i386/kvm/kvm.c), and removes it from the models `host` and `max` with `migratable=on`.
 */
const LEFT_TO_MACHINE: readonly (readonly [feature: string, why: string])[] = [
  ["invtsc", "QEMU has it as +invtsc, and does not migrate such a guest unless tsc-frequency is set"],
  ["ht", "topology"],
  ["cmp_legacy", "topology"],
  ["topoext", "topology"],
  ["nodeid_msr", "topology"],
];

export const CPU: Command = {
  name: "cpu",
  words: "[host|MODEL|DUMP]",
  summary:
    "Shows a CPU, read from this host, a named model or another tool's dump, and writes it as the configuration of a hypervisor.",
  options: {
    as: {
      type: "string",
      value: "FORMAT",
      choices: Object.keys(FORMATS),
      help: `${Object.keys(FORMATS).join(", ")}: a configuration, or the leaves as \`cpuid -r\` prints them`,
    },
    json: { type: "boolean", help: "as JSON" },
  },
  example: "isg cpu Skylake-Server --as libvirt",
  async run(invocation) {
    const [word = "host", more] = invocation.words;
    if (more !== undefined)
      throw new IsinglassError("ISG_CLI_USAGE", `isg cpu: "${more}"; one of host, a model or a dump is right`);
    const cpu = resolveCpu(word);
    const { name, source, vendor, brand, signature, microcode, unrecognised } = cpu;
    const as = text(invocation, "as");
    if (as !== undefined) {
      refuseOptions(invocation, "isg cpu --as", ["json"]);
      const closest = closestModel(cpu);
      process.stdout.write(FORMATS[as]!(cpu, closest));
      if (BY_NAME.has(as) && closest.unnamed.length > 0)
        process.stderr.write(`without a name there, and left out: ${closest.unnamed.join(" ")}\n`);
      const decided = LEFT_TO_MACHINE.filter(([feature]) => cpu.features.has(feature));
      if (BY_NAME.has(as) && decided.length > 0)
        process.stderr.write(
          `not written, for the machine decides: ${decided.map((words) => words.join(": ")).join("; ")}\n`,
        );
      return 0;
    }
    const level = cpuLevel(cpu);
    const inOrder = CPU_FEATURES.map((f) => f.name);
    const features = inOrder.filter((feature) => cpu.features.has(feature));
    const unknown = inOrder.filter((feature) => cpu.unknown.has(feature));
    if (flag(invocation, "json")) {
      print({ name, source, vendor, brand, signature, microcode, level, features, unknown, unrecognised });
      return 0;
    }
    const number =
      signature === undefined
        ? ""
        : `, family ${signature.family} model ${signature.model} stepping ${signature.stepping}`;
    const lines = [
      `${name}: ${[brand, vendor].find((one) => one !== "") ?? "no vendor"}${number} (${source})`,
      `level: ${level === 0 ? "below x86-64-v1" : `x86-64-v${level}`}`,
      `features: ${features.join(" ")}`,
      ...(unknown.length === 0 ? [] : [`not told: ${unknown.join(" ")}`]),
      ...(unrecognised.length === 0 ? [] : [`not known: ${unrecognised.join(" ")}`]),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    return 0;
  },
};
