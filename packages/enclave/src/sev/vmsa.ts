import { IsinglassError } from "@isinglass/interface";
import { FIELD, type FieldSpec, type Layout, Structure } from "../layout.js";

// The save area of a vCPU (APM vol. 2, table B-4), as a hypervisor fills it before launch. Its SHA-384 goes into the launch digest, so each field counts.

/** [name, offset, bytes]; segments stand for four fields each. */
const SEGMENTS: readonly (readonly [string, number])[] = [
  ["es", 0x0],
  ["cs", 0x10],
  ["ss", 0x20],
  ["ds", 0x30],
  ["fs", 0x40],
  ["gs", 0x50],
  ["gdtr", 0x60],
  ["ldtr", 0x70],
  ["idtr", 0x80],
  ["tr", 0x90],
];

const REGISTERS: readonly (readonly [name: string, at: number, size: number])[] = [
  ["pl0_ssp", 0xa0, 8],
  ["pl1_ssp", 0xa8, 8],
  ["pl2_ssp", 0xb0, 8],
  ["pl3_ssp", 0xb8, 8],
  ["u_cet", 0xc0, 8],
  ["reserved_c8", 0xc8, 2],
  ["vmpl", 0xca, 1],
  ["cpl", 0xcb, 1],
  ["reserved_cc", 0xcc, 4],
  ["efer", 0xd0, 8],
  ["reserved_d8", 0xd8, 104],
  ["xss", 0x140, 8],
  ["cr4", 0x148, 8],
  ["cr3", 0x150, 8],
  ["cr0", 0x158, 8],
  ["dr7", 0x160, 8],
  ["dr6", 0x168, 8],
  ["rflags", 0x170, 8],
  ["rip", 0x178, 8],
  ["dr0", 0x180, 8],
  ["dr1", 0x188, 8],
  ["dr2", 0x190, 8],
  ["dr3", 0x198, 8],
  ["dr0_mask", 0x1a0, 8],
  ["dr1_mask", 0x1a8, 8],
  ["dr2_mask", 0x1b0, 8],
  ["dr3_mask", 0x1b8, 8],
  ["reserved_1c0", 0x1c0, 24],
  ["rsp", 0x1d8, 8],
  ["s_cet", 0x1e0, 8],
  ["ssp", 0x1e8, 8],
  ["isst_addr", 0x1f0, 8],
  ["rax", 0x1f8, 8],
  ["star", 0x200, 8],
  ["lstar", 0x208, 8],
  ["cstar", 0x210, 8],
  ["sfmask", 0x218, 8],
  ["kernel_gs_base", 0x220, 8],
  ["sysenter_cs", 0x228, 8],
  ["sysenter_esp", 0x230, 8],
  ["sysenter_eip", 0x238, 8],
  ["cr2", 0x240, 8],
  ["reserved_248", 0x248, 32],
  ["g_pat", 0x268, 8],
  ["dbgctl", 0x270, 8],
  ["br_from", 0x278, 8],
  ["br_to", 0x280, 8],
  ["last_excp_from", 0x288, 8],
  ["last_excp_to", 0x290, 8],
  ["reserved_298", 0x298, 80],
  ["pkru", 0x2e8, 4],
  ["tsc_aux", 0x2ec, 4],
  ["reserved_2f0", 0x2f0, 24],
  ["rcx", 0x308, 8],
  ["rdx", 0x310, 8],
  ["rbx", 0x318, 8],
  ["reserved_320", 0x320, 8],
  ["rbp", 0x328, 8],
  ["rsi", 0x330, 8],
  ["rdi", 0x338, 8],
  ["r8", 0x340, 8],
  ["r9", 0x348, 8],
  ["r10", 0x350, 8],
  ["r11", 0x358, 8],
  ["r12", 0x360, 8],
  ["r13", 0x368, 8],
  ["r14", 0x370, 8],
  ["r15", 0x378, 8],
  ["reserved_380", 0x380, 16],
  ["guest_exitinfo1", 0x390, 8],
  ["guest_exitinfo2", 0x398, 8],
  ["guest_exitintinfo", 0x3a0, 8],
  ["guest_nrip", 0x3a8, 8],
  ["sev_features", 0x3b0, 8],
  ["vintr_ctrl", 0x3b8, 8],
  ["guest_exitcode", 0x3c0, 8],
  ["virtual_tom", 0x3c8, 8],
  ["tlb_id", 0x3d0, 8],
  ["pcpu_id", 0x3d8, 8],
  ["event_inj", 0x3e0, 8],
  ["xcr0", 0x3e8, 8],
  ["reserved_3f0", 0x3f0, 16],
  ["x87_dp", 0x400, 8],
  ["mxcsr", 0x408, 4],
  ["x87_ftw", 0x40c, 2],
  ["x87_fsw", 0x40e, 2],
  ["x87_fcw", 0x410, 2],
  ["x87_fop", 0x412, 2],
  ["x87_ds", 0x414, 2],
  ["x87_cs", 0x416, 2],
  ["x87_rip", 0x418, 8],
  ["fpreg_x87", 0x420, 80],
  ["fpreg_xmm", 0x470, 256],
  ["fpreg_ymm", 0x570, 256],
  ["reserved_670", 0x670, 2448],
];

function segmentFields([name, at]: readonly [string, number]): FieldSpec[] {
  const { number } = FIELD;
  return [
    number(`${name}.selector`, at, 2, "segment selector"),
    number(`${name}.attrib`, at + 2, 2, "descriptor attributes, packed"),
    number(`${name}.limit`, at + 4, 4, "segment limit"),
    number(`${name}.base`, at + 8, 8, "segment base"),
  ];
}

/** The page that a VMSA is. */
export const VMSA: Layout = {
  name: "VMSA",
  size: 4096,
  source: "AMD64 APM vol. 2 (24593), table B-4",
  fields: [
    ...SEGMENTS.flatMap((segment) => segmentFields(segment)),
    ...REGISTERS.map(([name, at, size]) =>
      name.startsWith("reserved")
        ? FIELD.zero(at, size)
        : FIELD[size <= 8 ? "number" : "bytes"](name, at, size, `${name.toUpperCase()} at the start`),
    ),
  ],
};

/** Hypervisors whose initial register state is known. */
export type Vmm = "qemu" | "ec2" | "gce";
export const VMMS: readonly Vmm[] = ["qemu", "ec2", "gce"];

/** Where the first vCPU of a PC starts (APM vol. 2, 14.1.5). */
export const BSP_EIP = 0xffff_fff0;

/** What distinguishes one vCPU's start from another's. */
export interface VmsaOptions {
  readonly eip: number;
  readonly vmm: Vmm;
  /** CPUID signature that QEMU leaves in RDX. */
  readonly signature: number;
  /** SEV_FEATURES (APM vol. 2, table B-4, offset 3B0h). */
  readonly features: bigint;
  /** Fields that another hypervisor sets otherwise, by name. */
  readonly overrides?: Readonly<Record<string, bigint>>;
}

function setSegment(
  vmsa: Structure,
  name: string,
  selector: number,
  attrib: number,
  limit: number,
  base: number,
): void {
  vmsa
    .set(`${name}.selector`, selector)
    .set(`${name}.attrib`, attrib)
    .set(`${name}.limit`, limit)
    .set(`${name}.base`, base);
}

/** What all of them set alike: KVM keeps SVME and MCE on. */
function common(vmsa: Structure, options: VmsaOptions): void {
  for (const name of ["gdtr", "idtr"]) setSegment(vmsa, name, 0, 0, 0xffff, 0);
  setSegment(vmsa, "ldtr", 0, 0x82, 0xffff, 0);
  vmsa.set("efer", 0x1000).set("cr4", 0x40).set("dr7", 0x400).set("dr6", 0xffff_0ff0).set("rflags", 2);
  vmsa.set("sev_features", options.features).set("xcr0", 1);
}

function override(vmsa: Structure, options: VmsaOptions): Structure {
  for (const [name, value] of Object.entries(options.overrides ?? {})) {
    if (!VMSA.fields.some((field) => field.name === name && field.kind === "number"))
      throw new IsinglassError(
        "ISG_SNP_VMSA_FIELD",
        `VMSA field ${name}: there is none; such as cs.attrib, g_pat, rdx`,
      );
    vmsa.set(name, value);
  }
  return vmsa;
}

/** The save area of a vCPU that starts in real mode, as a PC does. */
export function resetVmsa(options: VmsaOptions): Structure {
  const { eip, vmm } = options;
  const vmsa = new Structure(VMSA);
  const isEc2 = vmm === "ec2";
  for (const name of ["es", "ds", "fs", "gs"]) setSegment(vmsa, name, 0, 0x93, 0xffff, 0);
  // Nitro's hypervisor takes the first vCPU's CS from the reset state, without the accessed bit.
  setSegment(vmsa, "cs", 0xf000, isEc2 && eip === BSP_EIP ? 0x9a : 0x9b, 0xffff, (eip & 0xffff_0000) >>> 0);
  setSegment(vmsa, "ss", 0, isEc2 ? 0x92 : 0x93, 0xffff, 0);
  setSegment(vmsa, "tr", 0, isEc2 ? 0x83 : 0x8b, 0xffff, 0);
  common(vmsa, options);
  vmsa.set("cr0", 0x10).set("rip", eip & 0xffff);
  vmsa.set("g_pat", vmm === "gce" ? 0x0007_0106n : 0x0007_0406_0007_0406n);
  vmsa.set("rdx", vmm === "qemu" ? options.signature : 0x600);
  if (vmm === "qemu") vmsa.set("mxcsr", 0x1f80).set("x87_fcw", 0x37f);
  return override(vmsa, options);
}

/** The save area of a vCPU that starts in a COCONUT SVSM, in flat protected mode. */
export function svsmVmsa(options: VmsaOptions): Structure {
  const vmsa = new Structure(VMSA);
  for (const name of ["es", "ss", "ds", "fs"]) setSegment(vmsa, name, 16, 0xc93, 0xffff_ffff, 0);
  setSegment(vmsa, "cs", 8, 0xc9b, 0xffff_ffff, 0);
  setSegment(vmsa, "gs", 0, 0x93, 0xffff, 0);
  setSegment(vmsa, "tr", 0, 0x8b, 0xffff, 0);
  common(vmsa, options);
  vmsa.set("cr0", 0x11).set("rip", options.eip).set("g_pat", 0x0007_0406_0007_0406n).set("rdx", options.signature);
  // No x87 control word here: the published digests of QEMU with an SVSM have it zero.
  vmsa.set("mxcsr", 0x1f80);
  return override(vmsa, options);
}
