/** Linux' /proc/cpuinfo: the flags of its first processor. */
import { type Cpu, cpuOfNames } from "../cpu.js";
import { CPU_FEATURES } from "../features.js";
import { bad, shown } from "./problem.js";

/**
 * Words among the flags that are no CPUID bit of a CPU: what the kernel found out, made up or switched on itself
 * (arch/x86/include/asm/cpufeatures.h, words 3, 7, 8, 11 and 21 of the kernel).
 */
const KERNEL_WORDS = new Set(
  (
    "constant_tsc up art arch_perfmon pebs bts rep_good acc_power nopl xtopology tsc_reliable cpuid extd_apicid amd_dcm aperfmperf " +
    "tsc_known_freq tsc_unstable ring3mwait cpuid_fault cpb epb cat_l3 cat_l2 cdp_l3 tpr_shadow flexpriority ept vpid pti intel_ppin cdp_l2 " +
    "ssbd mba ibrs ibpb stibp ibrs_enhanced vnmi ept_ad split_lock_detect user_shstk tsc_adjust_x dtherm ida pln pts hwp hwp_notify hwp_act_window " +
    "hwp_epp hwp_pkg_req hfi hw_pstate proc_feedback vmmcall k8 k7 p3 p4 cqm_llc cqm_occup_llc cqm_mbm_total cqm_mbm_local"
  ).split(" "),
);

/**
 * Features for which Linux has no word in `flags`, keeps it to itself, or shows it only where it uses the feature (the same file: a comment
 * that begins with `""`, or, since 6.10, with no name). That they are not in the list proves nothing.
 */
const HIDDEN = new Set(
  (
    "osxsave core-capability amd-no-ssb stibp-always-on ibrs-preferred ibrs-same-mode amd-psfd btc-no ibpb-ret fzrm fsrs fsrc fred lkgs wrmsrns " +
    "amx-fp16 avx-ifma cmpccxadd rao-int sha512 sm3 sm4 hreset msrlist lass avx-vnni-int8 avx-ne-convert amx-complex avx-vnni-int16 prefetchiti " +
    "cet-sss cet-ss avx10 apx-f uintr kl srbds-ctrl rtm-always-abort hybrid fdp-excptn-only zero-fcs-fds prefetchwt1 pks xfd sgx1 sgx2 sgx-exinfo " +
    "sgx-debug sgx-mode64 sgx-provisionkey sgx-tokenkey sgx-kss intel-pt-lip ptwrite svme-addr-chk mcommit invlpgb cvt16 avic-x2"
  ).split(" "),
);
const NOT_SHOWN = new Set(
  CPU_FEATURES.filter((f) => f.bit.kind === "msr" || f.bit.leaf === 0x80000021 || HIDDEN.has(f.name)).map(
    (f) => f.name,
  ),
);

/** The kernel's own words for what Intel and AMD report by different bits (arch/x86/kernel/cpu/common.c, init_speculation_control). */
const SAME_WORD: Readonly<Record<"intel" | "amd", Readonly<Record<string, string>>>> = {
  intel: { ibrs: "spec-ctrl", ibpb: "spec-ctrl" },
  // AMD's `ssbd` may also be a register of its own, without a bit.
  amd: { stibp: "amd-stibp", ssbd: "" },
};

/**
 * Reads /proc/cpuinfo of an x86 machine.
 *
 * @throws IsinglassError ISG_COMPAT_DUMP if it has no `flags`
 */
export function readCpuinfo(text: string, name: string): Cpu {
  const values = new Map<string, string>();
  for (const line of text.split("\n", 400)) {
    if (line.trim() === "" && values.has("flags")) break;
    const colon = line.indexOf(":");
    if (colon > 0 && !values.has(line.slice(0, colon).trim()))
      values.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const flags = values.get("flags");
  if (flags === undefined) {
    const first = text.split("\n", 1)[0] ?? "";
    throw bad(name, "", `no line "flags" (x86's /proc/cpuinfo has one); it begins with ${shown(first)}`);
  }
  const number = (key: string): number => Number(values.get(key) ?? Number.NaN);
  const [family, model, stepping] = [number("cpu family"), number("model"), number("stepping")];
  const complete = [family, model, stepping].every(Number.isSafeInteger);
  const microcode = Number(values.get("microcode") ?? Number.NaN);
  const vendor = values.get("vendor_id") ?? "";
  const isAmd = vendor === "AuthenticAMD" || vendor === "HygonGenuine";
  const words = flags.split(/\s+/).map((word) => SAME_WORD[isAmd ? "amd" : "intel"][word] ?? word);
  const cpu = cpuOfNames(
    words.filter((word) => word !== ""),
    {
      name,
      source: "/proc/cpuinfo",
      vendor,
      brand: values.get("model name") ?? "",
      signature: complete ? { family, model, stepping } : undefined,
      unknown: new Set([...NOT_SHOWN, ...(isAmd ? ["amd-ssbd"] : [])]),
      microcode: Number.isSafeInteger(microcode) ? microcode : undefined,
    },
  );
  return { ...cpu, unrecognised: cpu.unrecognised.filter((word) => !KERNEL_WORDS.has(word)) };
}
