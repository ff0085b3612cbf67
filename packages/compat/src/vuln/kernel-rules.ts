/**
 * Which processors the hardware vulnerabilities affect, as far as CPUID and IA32_ARCH_CAPABILITIES tell (Linux'
 * Documentation/admin-guide/hw-vuln, Intel's "Affected Processors" table, AMD's bulletins). The names are those of Linux' files in
 * /sys/devices/system/cpu/vulnerabilities.
 */
import type { Cpu } from "../cpu.js";

export type Affected = "affected" | "not affected" | "unknown";

export interface Vulnerability {
  /** File in /sys/devices/system/cpu/vulnerabilities. */
  readonly id: string;
  readonly title: string;
  /** Where its rule comes from. */
  readonly sources: readonly string[];
  /** Features and ARCH_CAPABILITIES bits that mitigate it or make it possible to. */
  readonly mitigations: readonly string[];
  check(cpu: Cpu): Affected;
}

/** Groups of Intel family 6 models that the lists below name (SDM vol. 4, table 2-1). */
const OLD_ATOMS = [0x1c, 0x26, 0x27, 0x35, 0x36];
const SILVERMONT = [0x37, 0x4a, 0x4c, 0x4d, 0x5a, 0x5d, 0x6e, 0x75];
const KNIGHTS = [0x57, 0x85];
const GOLDMONT = [0x5c, 0x5f, 0x7a];
const TREMONT = [0x86, 0x96, 0x9c];

const isIntel = (cpu: Cpu, models: readonly number[]): boolean =>
  cpu.vendor === "GenuineIntel" && cpu.signature?.family === 6 && models.includes(cpu.signature.model);

/** AMD's and Hygon's families; Hygon's 18H is Zen. */
const isAmd = (cpu: Cpu): boolean => cpu.vendor === "AuthenticAMD" || cpu.vendor === "HygonGenuine";

const isAmdFamily = (cpu: Cpu, families: readonly number[]): boolean =>
  isAmd(cpu) && families.includes(cpu.signature?.family ?? 0);

/** In-order processors speculate on nothing. */
function inOrder(cpu: Cpu): boolean {
  const family = cpu.signature?.family ?? 6;
  if (isIntel(cpu, OLD_ATOMS)) return true;
  return cpu.vendor === "GenuineIntel" && family < 6;
}

const has = (cpu: Cpu, name: string): boolean => cpu.features.has(name);

/** Affected unless a bit of ARCH_CAPABILITIES says no; where the source did not record the register, that stays open. */
function unless(cpu: Cpu, affected: boolean, ...bits: readonly string[]): Affected {
  if (!affected || bits.some((bit) => has(cpu, bit))) return "not affected";
  // Only a CPU that has the register can have the bit.
  const recorded = !has(cpu, "arch-capabilities") || bits.every((bit) => !cpu.unknown.has(bit));
  return bits.length === 0 || recorded ? "affected" : "unknown";
}

const OLD_AMD = [0x0f, 0x10, 0x11, 0x12];

const SRBDS = [0x3a, 0x3c, 0x45, 0x46, 0x47, 0x3d, 0x4e, 0x5e, 0x8e, 0x9e];
const MMIO = [0x3f, 0x56, 0x4f, 0x55, 0x4e, 0x5e, 0x8e, 0x9e, 0x7e, 0x6c, 0x6a, 0xa5, 0xa6, 0x8a, 0xa7, ...TREMONT];
const RETBLEED = [0x55, 0x4e, 0x5e, 0x8e, 0x9e, 0x66, 0x7e, 0xa5, 0xa6, 0x8a, 0xa7];
const GDS = [0x55, 0x4e, 0x5e, 0x8e, 0x9e, 0x7e, 0x6c, 0x6a, 0xa5, 0xa6, 0x8c, 0x8d, 0xa7];
const ITS = [0x7e, 0x6c, 0x6a, 0xa5, 0xa6, 0x8c, 0x8d, 0xa7];
const RFDS = [0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xbe, ...TREMONT, ...GOLDMONT];

/** Indirect target selection: also the later steppings of Cascade Lake, Whiskey, Amber and Comet Lake. */
function itsModel(cpu: Cpu): boolean {
  const { model = 0, stepping = 0 } = cpu.signature ?? {};
  if (isIntel(cpu, ITS)) return true;
  if (!isIntel(cpu, [0x55, 0x8e, 0x9e])) return false;
  return stepping >= (model === 0x55 ? 6 : model === 0x8e ? 0xc : 0xd);
}

/** The vulnerabilities that Linux reports on x86, in alphabetical order of their files. */
export const VULNERABILITIES: readonly Vulnerability[] = [
  {
    id: "gather_data_sampling",
    title: "Downfall: gather instructions read stale vector registers",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/gather_data_sampling.rst", "INTEL-SA-00828"],
    mitigations: ["gds-ctrl", "gds-no"],
    check: (cpu) => unless(cpu, isIntel(cpu, GDS) && has(cpu, "avx"), "gds-no"),
  },
  {
    id: "indirect_target_selection",
    title: "ITS: indirect branches in the lower half of a cache line",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/indirect-target-selection.rst", "INTEL-SA-01153"],
    mitigations: ["its-no"],
    check: (cpu) => unless(cpu, itsModel(cpu), "its-no"),
  },
  {
    id: "itlb_multihit",
    title: "Machine check when a large page is split while it is in the instruction TLB",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/multihit.rst", "INTEL-SA-00210"],
    mitigations: ["pschange-mc-no"],
    check: (cpu) =>
      unless(
        cpu,
        cpu.vendor === "GenuineIntel" && !inOrder(cpu) && !isIntel(cpu, [...SILVERMONT, ...KNIGHTS, ...GOLDMONT, 0x86]),
        "pschange-mc-no",
      ),
  },
  {
    id: "l1tf",
    title: "L1 terminal fault: a non-present page-table entry's address is used",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/l1tf.rst", "INTEL-SA-00161"],
    mitigations: ["rdctl-no", "flush-l1d", "skip-l1dfl-vmentry"],
    check: (cpu) =>
      unless(
        cpu,
        cpu.vendor === "GenuineIntel" && !inOrder(cpu) && !isIntel(cpu, [...SILVERMONT, ...KNIGHTS, ...GOLDMONT]),
        "rdctl-no",
      ),
  },
  {
    id: "mds",
    title: "Microarchitectural data sampling: fill, load and store buffers",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/mds.rst", "INTEL-SA-00233"],
    mitigations: ["md-clear", "mds-no"],
    check: (cpu) => unless(cpu, cpu.vendor === "GenuineIntel" && !inOrder(cpu) && !isIntel(cpu, GOLDMONT), "mds-no"),
  },
  {
    id: "meltdown",
    title: "Rogue data cache load: user code reads kernel memory",
    sources: ["Linux, Documentation/arch/x86/pti.rst", "INTEL-SA-00088"],
    mitigations: ["rdctl-no"],
    check: (cpu) => unless(cpu, cpu.vendor === "GenuineIntel" && !inOrder(cpu), "rdctl-no"),
  },
  {
    id: "mmio_stale_data",
    title: "Stale data by reads of device registers",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/processor_mmio_stale_data.rst", "INTEL-SA-00615"],
    mitigations: ["fb-clear", "md-clear", "sbdr-ssdp-no", "fbsdp-no", "psdp-no"],
    check(cpu) {
      const immune = ["sbdr-ssdp-no", "fbsdp-no", "psdp-no"].every((bit) => has(cpu, bit));
      if (immune || isAmd(cpu) || cpu.vendor !== "GenuineIntel") return "not affected";
      if (isIntel(cpu, MMIO)) return unless(cpu, true, "fbsdp-no");
      // Processors out of service are not in Intel's table either way.
      return isIntel(cpu, GOLDMONT) || (cpu.signature?.model ?? 0) > 0x8d ? "not affected" : "unknown";
    },
  },
  {
    id: "reg_file_data_sampling",
    title: "Stale data of the register file of Atom cores",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/reg-file-data-sampling.rst", "INTEL-SA-00898"],
    mitigations: ["rfds-clear", "rfds-no"],
    check: (cpu) => unless(cpu, has(cpu, "rfds-clear") || isIntel(cpu, RFDS), "rfds-no"),
  },
  {
    id: "retbleed",
    title: "Return instructions predicted as indirect branches",
    sources: ["INTEL-SA-00702", "AMD-SB-1037"],
    mitigations: ["btc-no", "ibrs-all", "spec-ctrl"],
    check(cpu) {
      if (has(cpu, "btc-no")) return "not affected";
      const listed = isIntel(cpu, RETBLEED) || isAmdFamily(cpu, [0x15, 0x16, 0x17, 0x18]);
      return listed || has(cpu, "rsba") ? "affected" : "not affected";
    },
  },
  {
    id: "spec_rstack_overflow",
    title: "Inception (SRSO): the return stack is overflowed in speculation",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/srso.rst", "AMD-SB-7005"],
    mitigations: ["srso-no", "sbpb", "ibpb-brtype", "srso-user-kernel-no"],
    check(cpu) {
      const listed = isAmdFamily(cpu, [0x17, 0x18, 0x19, 0x1a]);
      return listed && !has(cpu, "srso-no") ? "affected" : "not affected";
    },
  },
  {
    id: "spec_store_bypass",
    title: "Speculative store bypass",
    sources: ["Linux, Documentation/userspace-api/spec_ctrl.rst", "INTEL-SA-00115"],
    mitigations: ["ssbd", "amd-ssbd", "virt-ssbd", "ssb-no", "amd-no-ssb"],
    check(cpu) {
      if (has(cpu, "amd-no-ssb") || inOrder(cpu)) return "not affected";
      if (isAmdFamily(cpu, OLD_AMD) || isIntel(cpu, [...SILVERMONT, ...KNIGHTS, 0x0e])) return "not affected";
      return unless(cpu, true, "ssb-no");
    },
  },
  {
    id: "spectre_v1",
    title: "Bounds check bypass",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/spectre.rst", "INTEL-SA-00088"],
    mitigations: [],
    check: (cpu) => (inOrder(cpu) ? "not affected" : "affected"),
  },
  {
    id: "spectre_v2",
    title: "Branch target injection",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/spectre.rst", "INTEL-SA-00088"],
    mitigations: ["spec-ctrl", "ibrs", "ibpb", "stibp", "ibrs-all", "auto-ibrs"],
    check: (cpu) => (inOrder(cpu) ? "not affected" : "affected"),
  },
  {
    id: "srbds",
    title: "CrossTalk: RDRAND and RDSEED results of another core",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/special-register-buffer-data-sampling.rst", "INTEL-SA-00320"],
    mitigations: ["srbds-ctrl"],
    check: (cpu) => (isIntel(cpu, SRBDS) && (has(cpu, "rdrand") || has(cpu, "rdseed")) ? "affected" : "not affected"),
  },
  {
    id: "tsa",
    title: "Transient scheduler attacks",
    sources: ["AMD-SB-7029"],
    mitigations: ["tsa-sq-no", "tsa-l1-no", "verw-clear"],
    check(cpu) {
      if (!isAmdFamily(cpu, [0x19]) || (has(cpu, "tsa-sq-no") && has(cpu, "tsa-l1-no"))) return "not affected";
      return cpu.unknown.has("tsa-sq-no") ? "unknown" : "affected";
    },
  },
  {
    id: "tsx_async_abort",
    title: "TSX asynchronous abort",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/tsx_async_abort.rst", "INTEL-SA-00270"],
    mitigations: ["taa-no", "tsx-ctrl", "md-clear"],
    check: (cpu) => unless(cpu, cpu.vendor === "GenuineIntel" && (has(cpu, "rtm") || has(cpu, "tsx-ctrl")), "taa-no"),
  },
  {
    id: "vmscape",
    title: "VMSCAPE: a guest's branch history reaches the host's user space",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/vmscape.rst"],
    mitigations: ["ibpb"],
    check(cpu) {
      // It concerns the machine that runs guests; inside of one it is the outer machine's matter.
      if (has(cpu, "hypervisor")) return "not affected";
      const intel =
        cpu.vendor === "GenuineIntel" && cpu.signature?.family === 6 && cpu.signature.model >= 0x2a && !inOrder(cpu);
      const atoms = isIntel(cpu, [...SILVERMONT, ...KNIGHTS, ...GOLDMONT, ...TREMONT]);
      return isAmdFamily(cpu, [0x17, 0x18, 0x19, 0x1a]) || (intel && !atoms) ? "affected" : "not affected";
    },
  },
];
