/**
 * Which processors the hardware vulnerabilities affect, as far as CPUID and IA32_ARCH_CAPABILITIES tell (Linux'
 * Documentation/admin-guide/hw-vuln, Intel's "Affected Processors" table, AMD's bulletins). The names are those of Linux' files in
 * /sys/devices/system/cpu/vulnerabilities.
 */
import type { Cpu } from "../cpu.js";
import { featureNamed } from "../features.js";

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
const SILVERMONT = [0x37, 0x4a, 0x4c, 0x4d];
const AIRMONT_LATE = [0x5a, 0x75];
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

/** The source did not record the bit. Only a CPU that has the register ARCH_CAPABILITIES can have one of its bits. */
function isOpen(cpu: Cpu, bit: string): boolean {
  return cpu.unknown.has(bit) && (featureNamed(bit).bit.kind === "cpuid" || has(cpu, "arch-capabilities"));
}

/** Affected unless a bit says no; where the source did not record it, that stays open. */
function unless(cpu: Cpu, affected: boolean, ...bits: readonly string[]): Affected {
  if (!affected || bits.some((bit) => has(cpu, bit))) return "not affected";
  return bits.some((bit) => isOpen(cpu, bit)) ? "unknown" : "affected";
}

const OLD_AMD = [0x0f, 0x10, 0x11, 0x12];

const SRBDS = [0x3a, 0x3c, 0x45, 0x46, 0x47, 0x3d, 0x4e, 0x5e, 0x8e, 0x9e];
/** Shared buffers data sampling, which the kernel treats as SRBDS. */
const SBDS = [0x7e, 0xa5, 0x8a, 0x96, 0x9c];
const MMIO = [0x3f, 0x56, 0x4f, 0x55, 0x4e, 0x5e, 0x8e, 0x9e, 0x7e, 0x6c, 0x6a, 0xa5, 0xa6, 0x8a, 0xa7, ...TREMONT];
/** Only all three together say that a CPU is not affected. */
const MMIO_IMMUNE = ["sbdr-ssdp-no", "fbsdp-no", "psdp-no"];
const RETBLEED = [0x55, 0x4e, 0x5e, 0x8e, 0x9e, 0x66, 0x7e, 0xa5, 0xa6, 0x8a, 0xa7];
const GDS = [0x55, 0x4e, 0x5e, 0x8e, 0x9e, 0x7e, 0x6c, 0x6a, 0xa5, 0x8c, 0x8d, 0xa7];
/** Not Ice Lake and its kin, nor Tremont and older Atoms. */
const SANDY_BRIDGE_TO_BROADWELL = [0x2a, 0x2d, 0x3a, 0x3e, 0x3c, 0x3f, 0x45, 0x46, 0x3d, 0x47, 0x4f, 0x56];
const SKYLAKE_AND_KIN = [0x4e, 0x5e, 0x55, 0x8e, 0x9e, 0x66, 0xa5, 0xa6];
const FROM_ALDER_LAKE = [0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xbe, 0xaa, 0xc5, 0xc6, 0xb5, 0xbd, 0x8f, 0xcf, 0xad, 0xaf];
const VMSCAPE = [...SANDY_BRIDGE_TO_BROADWELL, ...SKYLAKE_AND_KIN, ...FROM_ALDER_LAKE];
const ITS = [0x7e, 0x6c, 0x6a, 0xa5, 0xa6, 0x8c, 0x8d, 0xa7];
const RFDS = [0x97, 0x9a, 0xb7, 0xba, 0xbf, 0xbe, ...TREMONT, ...GOLDMONT];

/** The low-power Comet Lake's first stepping is spared some of what the later ones have. */
function isCometLakeFrom1(cpu: Cpu): boolean {
  return isIntel(cpu, [0xa6]) && cpu.signature?.stepping !== 0;
}

/** Zhaoxin's and Centaur's family 7: as Intel's in most, but its indirect branches are safe. */
const isZhaoxin = (cpu: Cpu): boolean =>
  (cpu.vendor === "CentaurHauls" || cpu.vendor.trim() === "Shanghai") && cpu.signature?.family === 7;

const isIntelLike = (cpu: Cpu): boolean => (cpu.vendor === "GenuineIntel" && !inOrder(cpu)) || isZhaoxin(cpu);

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
    check: (cpu) => unless(cpu, (isIntel(cpu, GDS) || isCometLakeFrom1(cpu)) && has(cpu, "avx"), "gds-no"),
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
        isIntelLike(cpu) && !isIntel(cpu, [...SILVERMONT, ...AIRMONT_LATE, ...KNIGHTS, ...GOLDMONT, 0x86]),
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
        isIntelLike(cpu) && !isIntel(cpu, [...SILVERMONT, ...AIRMONT_LATE, ...KNIGHTS, ...GOLDMONT]),
        "rdctl-no",
      ),
  },
  {
    id: "mds",
    title: "Microarchitectural data sampling: fill, load and store buffers",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/mds.rst", "INTEL-SA-00233"],
    mitigations: ["md-clear", "mds-no"],
    check: (cpu) => unless(cpu, isIntelLike(cpu) && !isIntel(cpu, GOLDMONT), "mds-no"),
  },
  {
    id: "meltdown",
    title: "Rogue data cache load: user code reads kernel memory",
    sources: ["Linux, Documentation/arch/x86/pti.rst", "INTEL-SA-00088"],
    mitigations: ["rdctl-no"],
    check: (cpu) => unless(cpu, isIntelLike(cpu), "rdctl-no"),
  },
  {
    id: "mmio_stale_data",
    title: "Stale data by reads of device registers",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/processor_mmio_stale_data.rst", "INTEL-SA-00615"],
    mitigations: ["fb-clear", "md-clear", "sbdr-ssdp-no", "fbsdp-no", "psdp-no"],
    check(cpu) {
      const lacking = MMIO_IMMUNE.filter((bit) => !has(cpu, bit));
      if (lacking.length === 0 || cpu.vendor !== "GenuineIntel") return "not affected";
      if (isIntel(cpu, MMIO)) return lacking.every((bit) => isOpen(cpu, bit)) ? "unknown" : "affected";
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
      if (isAmd(cpu)) return unless(cpu, isAmdFamily(cpu, [0x15, 0x16, 0x17, 0x18]), "btc-no");
      return isIntel(cpu, RETBLEED) || has(cpu, "rsba") ? "affected" : "not affected";
    },
  },
  {
    id: "spec_rstack_overflow",
    title: "Inception (SRSO): the return stack is overflowed in speculation",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/srso.rst", "AMD-SB-7005"],
    mitigations: ["srso-no", "sbpb", "ibpb-brtype", "srso-user-kernel-no"],
    check: (cpu) => unless(cpu, isAmdFamily(cpu, [0x17, 0x18, 0x19, 0x1a]), "srso-no"),
  },
  {
    id: "spec_store_bypass",
    title: "Speculative store bypass",
    sources: ["Linux, Documentation/userspace-api/spec_ctrl.rst", "INTEL-SA-00115"],
    mitigations: ["ssbd", "amd-ssbd", "virt-ssbd", "ssb-no", "amd-no-ssb"],
    check(cpu) {
      if (inOrder(cpu) || isAmdFamily(cpu, OLD_AMD) || isIntel(cpu, [...SILVERMONT, ...KNIGHTS, 0x0e]))
        return "not affected";
      return unless(cpu, true, "ssb-no", ...(isAmd(cpu) ? ["amd-no-ssb"] : []));
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
    check: (cpu) => (inOrder(cpu) || isZhaoxin(cpu) ? "not affected" : "affected"),
  },
  {
    id: "srbds",
    title: "CrossTalk: RDRAND and RDSEED results of another core",
    sources: ["Linux, Documentation/admin-guide/hw-vuln/special-register-buffer-data-sampling.rst", "INTEL-SA-00320"],
    mitigations: ["srbds-ctrl"],
    check(cpu) {
      const listed = isIntel(cpu, [...SRBDS, ...SBDS]) || isCometLakeFrom1(cpu);
      return listed && (has(cpu, "rdrand") || has(cpu, "rdseed")) ? "affected" : "not affected";
    },
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
      return isIntel(cpu, VMSCAPE) || isAmdFamily(cpu, [0x17, 0x18, 0x19, 0x1a]) ? "affected" : "not affected";
    },
  },
];
