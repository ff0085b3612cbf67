/** A CPU as the configuration of a hypervisor: libvirt, QEMU, Firecracker, KubeVirt. */
import type { Cpu } from "../cpu.js";
import { type CpuFeature, CPU_FEATURES, findFeature } from "../features.js";
import { findModel, modelNames } from "../models.js";
import { html } from "../report/page.js";

/** A named model and what to add to it or take away from it to have a CPU's features. */
export interface ModelWithChanges {
  readonly model: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** What the CPU has beyond that, and these tools have no name for. */
  readonly unnamed: readonly string[];
}

/** What a configuration says. */
export type ConfiguredModel = Omit<ModelWithChanges, "unnamed">;

/** QEMU's models that libvirt 9.0 does not have. */
const NOT_IN_LIBVIRT = new Set(["max", "Denverton", "KnightsMill"]);

/** Features that a guest is not given by name: what the hypervisor decides itself, and what describes the host's topology. */
const NOT_FOR_GUESTS = new Set([
  "hypervisor",
  "osxsave",
  "ospke",
  "ht",
  "cmp_legacy",
  "topoext",
  "invtsc",
  "nodeid_msr",
]);

/**
 * The QEMU model that needs the fewest changes. A model of the same vendor is preferred; features outside of CPUID's architectural bits
 * (`msr:`) are left to the hypervisor.
 *
 * @param names the models to choose from; if undefined, those that both QEMU and libvirt have
 */
export function closestModel(cpu: Cpu, names?: readonly string[]): ModelWithChanges {
  const choice =
    names ??
    modelNames().filter((name) => !name.startsWith("x86-64-") && !NOT_IN_LIBVIRT.has(name) && !/-v\d+$/.test(name));
  const relevant = (f: CpuFeature): boolean => f.bit.kind === "cpuid" && !NOT_FOR_GUESTS.has(f.name);
  const had = CPU_FEATURES.filter((f) => relevant(f) && cpu.features.has(f.name));
  const wanted = had.filter((f) => f.isNamed).map((f) => f.name);
  const unnamed = had.filter((f) => !f.isNamed).map((f) => f.name);
  // A psABI level is about what programs execute: what it does not list of the rest of the machine is no reason to take it away.
  const onlyPrograms = cpu.signature === undefined && cpu.dump === undefined;
  const removable = CPU_FEATURES.filter(
    (f) =>
      relevant(f) &&
      !cpu.features.has(f.name) &&
      !cpu.unknown.has(f.name) &&
      (!onlyPrograms || f.level > 0 || (f.instructions.length > 0 && f.tier !== "base")),
  );
  let best: ModelWithChanges | undefined;
  let bestCost = Infinity;
  for (const name of choice) {
    const model = findModel(name);
    if (model === undefined || (cpu.features.has("lm") && !model.features.has("lm"))) continue;
    const add = wanted.filter((feature) => !model.features.has(feature));
    const remove = removable.filter((f) => model.features.has(f.name)).map((f) => f.name);
    const foreign = cpu.vendor !== "" && model.vendor !== cpu.vendor ? 20 : 0;
    const cost = add.length + 2 * remove.length + foreign;
    if (cost < bestCost) [best, bestCost] = [{ model: name, add, remove, unnamed }, cost];
  }
  return best ?? { model: "qemu64", add: wanted, remove: [], unnamed };
}

/** Features that libvirt has a name for and QEMU has none. */
const NOT_IN_QEMU = new Set(["osxsave", "ospke", "cmt", "mbm_total", "mbm_local", "pconfig", "cvt16"]);

/** QEMU's spelling of a feature: its own alias with hyphens where libvirt has underscores; empty if it has none. */
function qemuName(name: string): string {
  if (NOT_IN_QEMU.has(name) || findFeature(name)?.isNamed === false) return "";
  return name === "pclmuldq" ? "pclmulqdq" : name.replaceAll("_", "-");
}

/** A value for QEMU's `-cpu`. */
export function qemuCpu({ model, add, remove }: ConfiguredModel): string {
  const flags = (sign: string, names: readonly string[]): string[] =>
    names
      .map(qemuName)
      .filter((name) => name !== "")
      .map((name) => `${sign}${name}`);
  return [model, ...flags("+", add), ...flags("-", remove)].join(",");
}

/** libvirt's `<cpu>` for a domain. */
export function libvirtCpu({ model, add, remove }: ConfiguredModel): string {
  const features = [
    ...add.map((name) => `  <feature policy='require' name='${html(name)}'/>`),
    ...remove.map((name) => `  <feature policy='disable' name='${html(name)}'/>`),
  ];
  const lines = ["<cpu mode='custom' match='exact'>", `  <model fallback='forbid'>${html(model)}</model>`, ...features];
  return `${lines.join("\n")}\n</cpu>\n`;
}

/** KubeVirt's `spec.domain.cpu` in YAML. */
export function kubevirtCpu({ model, add, remove }: ConfiguredModel): string {
  const feature = (policy: string) => (name: string) => `    - name: ${JSON.stringify(name)}\n      policy: ${policy}`;
  const features = [...add.map(feature("require")), ...remove.map(feature("disable"))];
  return `cpu:\n  model: ${JSON.stringify(model)}\n${features.length === 0 ? "" : `  features:\n${features.join("\n")}\n`}`;
}

/**
 * A Firecracker custom CPU template that clears, in each leaf the database knows, the feature bits that `cpu` lacks; all other bits are
 * left alone (`x`).
 */
export function firecrackerTemplate(cpu: Cpu): string {
  const leaves = new Map<string, Map<string, number>>();
  for (const { bit, name } of CPU_FEATURES) {
    if (bit.kind !== "cpuid" || NOT_FOR_GUESTS.has(name) || cpu.features.has(name) || cpu.unknown.has(name)) continue;
    const key = `${bit.leaf}.${bit.subleaf}`;
    const registers = leaves.get(key) ?? new Map<string, number>();
    registers.set(bit.register, ((registers.get(bit.register) ?? 0) | (1 << bit.bit)) >>> 0);
    leaves.set(key, registers);
  }
  const modifiers = [...leaves].map(([key, registers]) => {
    const [leaf = 0, subleaf = 0] = key.split(".").map(Number);
    return {
      leaf: `0x${leaf.toString(16)}`,
      subleaf: `0x${subleaf.toString(16)}`,
      // KVM_CPUID_FLAG_SIGNIFCANT_INDEX, for leaves that have subleaves (Linux' Documentation/virt/kvm/api.rst).
      flags: [7, 0xd, 0xf, 0x12, 0x14].includes(leaf) ? 1 : 0,
      modifiers: [...registers].map(([register, mask]) => ({
        register,
        bitmap: `0b${mask.toString(2).padStart(32, "0").replaceAll("0", "x").replaceAll("1", "0")}`,
      })),
    };
  });
  return `${JSON.stringify({ cpuid_modifiers: modifiers }, undefined, 2)}\n`;
}
