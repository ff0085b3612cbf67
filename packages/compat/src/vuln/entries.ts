/**
 * The article's "vulnerability map 2020 to 2023", with entries that exist: id, what it is, layer, and how a checker can tell. `file` is a
 * vulnerability of `VULNERABILITIES`; a bug of a program has a component and no rule about the CPU. The article's own two numbers are in
 * the list as what they are.
 */

export type VulnLayer =
  | "cpu"
  | "sgx"
  | "nested"
  | "mmu"
  | "device"
  | "management"
  | "iommu"
  | "cvm"
  | "hypervisor"
  | "article";

export interface VulnEntry {
  readonly ids: readonly string[];
  readonly what: string;
  readonly layer: VulnLayer;
  /** File in /sys/devices/system/cpu/vulnerabilities that it falls under, or empty. */
  readonly file: string;
  /** Program that has the bug: no CPU dump tells, its version does. */
  readonly component: string;
  /** Feature without which it cannot be used. */
  readonly requires: string;
  /** The records of its numbers in the CVE list, and the vendors' advisories. */
  readonly sources: readonly string[];
}

const ROWS: readonly string[] = [
  "CVE-2020-0543|SRBDS, CrossTalk: staging buffer of RDRAND|cpu|srbds|||INTEL-SA-00320",
  "CVE-2020-0548 CVE-2020-0549|vector register sampling, L1D eviction sampling|cpu|mds|||INTEL-SA-00329",
  "CVE-2020-0551|load value injection|sgx|||sgx|INTEL-SA-00334",
  "CVE-2020-8694 CVE-2020-8695|PLATYPUS: power counters (RAPL) as a side channel|hypervisor||the hypervisor, if it passes RAPL registers on||INTEL-SA-00389",
  "CVE-2020-2732|KVM nVMX: a nested guest reaches I/O of its hypervisor|nested||Linux' KVM (Intel)|vmx|",
  "CVE-2020-14364|QEMU USB core: read and write out of bounds|device||QEMU||",
  "CVE-2020-13754 CVE-2020-15863 CVE-2020-16092 CVE-2020-25084|QEMU: MSI-X, xgmac, net_tx_pkt, xhci|device||QEMU||",
  "CVE-2020-3992 CVE-2021-21974|ESXi: OpenSLP|management||VMware ESXi||VMSA-2020-0023 VMSA-2021-0002",
  "CVE-2020-4004|VMware: XHCI use after free, escape|device||VMware||VMSA-2020-0026",
  "CVE-2020-15565 CVE-2020-15566 CVE-2020-15567|Xen: IOMMU, event channels, EPT|iommu||Xen||XSA-317 XSA-321 XSA-328",
  "CVE-2021-3653|KVM nSVM: int_ctl lets a nested guest use AVIC on host memory|nested||Linux' KVM (AMD)|svm|",
  "CVE-2021-3656|KVM nSVM: virt_ext is not checked, VMLOAD and VMSAVE of host memory|nested||Linux' KVM (AMD)|svm|",
  "CVE-2021-29657|KVM nSVM: VMCB12 is read twice, guest to host|nested||Linux' KVM (AMD)|svm|",
  "CVE-2021-4093|KVM SEV-ES: string I/O out of bounds|cvm||Linux' KVM (AMD)|sev-es|",
  "CVE-2021-26401|AMD: LFENCE/JMP is not enough against branch target injection|cpu|spectre_v2|||AMD-SB-1036",
  "CVE-2021-38198|KVM shadow paging: access of the wrong role|mmu||Linux' KVM||",
  "CVE-2021-3929 CVE-2021-3507 CVE-2021-20203|QEMU: NVMe re-entrancy, floppy, vmxnet3|device||QEMU||",
  "CVE-2022-0001 CVE-2022-0002|branch history injection|cpu|spectre_v2|||INTEL-SA-00598",
  "CVE-2022-21123 CVE-2022-21125 CVE-2022-21127 CVE-2022-21166|MMIO stale data|cpu|mmio_stale_data|||INTEL-SA-00615",
  "CVE-2022-21233|ÆPIC leak: stale data through the 4 KiB page of the xAPIC|sgx|||sgx|INTEL-SA-00657",
  "CVE-2022-26373|post-barrier return stack buffer|cpu|spectre_v2|||INTEL-SA-00706",
  "CVE-2022-29900 CVE-2022-29901 CVE-2022-28693|Retbleed, RSBA|cpu|retbleed|||INTEL-SA-00702 AMD-SB-1037",
  "CVE-2022-1789|KVM: INVPCID without paging, null pointer|mmu||Linux' KVM|invpcid|",
  "CVE-2022-2196|KVM nVMX: no IBPB from a nested guest to its hypervisor|nested||Linux' KVM (Intel)|vmx|",
  "CVE-2022-3344|KVM nSVM: shutdown of a nested guest|nested||Linux' KVM (AMD)|svm|",
  "CVE-2022-39189|KVM: TLB flush of a preempted vCPU goes wrong|mmu||Linux' KVM||",
  "CVE-2022-31705|VMware: EHCI out of bounds, escape|device||VMware||VMSA-2022-0033",
  "CVE-2022-40982|Downfall: gather data sampling|cpu|gather_data_sampling|||INTEL-SA-00828",
  "CVE-2022-27672|cross-thread return address predictions|cpu|||ht|AMD-SB-1045",
  "CVE-2022-38090|SGX: improper isolation of shared resources|sgx|||sgx|INTEL-SA-00767",
  "CVE-2023-20569|Inception: speculative return stack overflow|cpu|spec_rstack_overflow|||AMD-SB-7005",
  "CVE-2023-20593|Zenbleed: VZEROUPPER in speculation|cpu||||AMD-SB-7008",
  "CVE-2023-20588|Zen 1: a division by zero leaves the last quotient|cpu||||AMD-SB-7007",
  "CVE-2023-23583|Reptar: redundant REX before a fast short REP MOVS|cpu|||fsrm|INTEL-SA-00950",
  "CVE-2023-20592|CacheWarp: INVD drops writes of an SEV guest|cvm|||sev-es|AMD-SB-3005",
  "CVE-2023-30456|KVM nVMX: CR0 and CR4 are not checked for consistency|nested||Linux' KVM (Intel)|vmx|",
  "CVE-2023-5090|KVM SVM: intercepts of x2AVIC registers|hypervisor||Linux' KVM (AMD)|svm|",
  "CVE-2023-1513|KVM: debug registers leak kernel memory to user space|hypervisor||Linux' KVM||",
  "CVE-2023-3019 CVE-2023-2861 CVE-2023-3180|QEMU: e1000e use after free, 9p, virtio-crypto|device||QEMU||",
  "CVE-2023-34048 CVE-2023-20867|vCenter, VMware tools|management||VMware||VMSA-2023-0023 VMSA-2023-0013",
  'CVE-2022-35683|the article\'s "Spectre v3, Ice Lake, 12-bit offset": this number is in no list of records that was looked through; variant 3 is CVE-2017-5754, the Ice Lake bug with a page offset is CVE-2022-21233|article||||',
  'CVE-2023-2073|the article\'s "L1TF": the record of this number is an SQL injection in a web application; L1TF is CVE-2018-3615, 3620 and 3646, a real TLB-flush bug CVE-2022-39189|article||||',
];

const words = (text: string): string[] => (text === "" ? [] : text.split(" "));

/** All entries. */
export const VULN_ENTRIES: readonly VulnEntry[] = /* @__PURE__ */ ROWS.map((row) => {
  const [ids = "", what = "", layer = "", file = "", component = "", requires = "", sources = ""] = row.split("|");
  return {
    ids: words(ids),
    what,
    layer: layer as VulnLayer,
    file,
    component,
    requires,
    sources: [...words(ids).map((id) => `${id} (CVE record)`), ...words(sources)],
  };
});
