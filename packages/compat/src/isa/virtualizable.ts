/**
 * Popek and Goldberg's question (CACM 1974), asked of every instruction: does a monitor get to hear of it?
 *
 * An instruction is *privileged* if it traps at CPL 3, *sensitive* if it shows or changes the configuration of the machine, *innocuous*
 * otherwise. A processor can be virtualized by trap and emulate if every sensitive instruction is privileged. Robin and Irvine (USENIX
 * Security 2000) found 17 on the Pentium that are not.
 */
import { type Form, FORMS } from "@isinglass/isa-x86";

/** How the monitor runs its guest: with the CPU's rings only, the same with UMIP, in VMX non-root operation, as an SVM guest. */
export type VirtualizationMode = "classic" | "umip" | "vmx" | "svm";

export const VIRTUALIZATION_MODES: readonly VirtualizationMode[] = ["classic", "umip", "vmx", "svm"];

export type InstructionKind = "innocuous" | "sensitive" | "privileged";

export interface Classified {
  readonly mnemonic: string;
  readonly opcode: string;
  readonly kind: InstructionKind;
  /** What becomes of it in this mode, with the reason. */
  readonly why: string;
}

/** Where the CPU keeps what a sensitive instruction shows or changes; the last two columns say that VMX and SVM give the guest its own. */
interface Resource {
  readonly what: string;
  /** Field of the VMCS guest-state area (SDM vol. 3C, 25.4). */
  readonly vmcs: string;
  /** Field of the VMCB state save area (APM vol. 2, appendix B). */
  readonly vmcb: string;
}

const SELECTORS: Resource = {
  what: "CPL in the selectors, descriptors",
  vmcs: "segment registers, LDTR",
  vmcb: "segments, LDTR, CPL",
};
const RESOURCES: Readonly<Record<string, Resource>> = {
  sgdt: { what: "GDTR", vmcs: "GDTR", vmcb: "GDTR" },
  sidt: { what: "IDTR", vmcs: "IDTR", vmcb: "IDTR" },
  sldt: { what: "LDTR", vmcs: "LDTR", vmcb: "LDTR" },
  str: { what: "TR", vmcs: "TR", vmcb: "TR" },
  smsw: { what: "CR0", vmcs: "CR0, guest/host mask and read shadow", vmcb: "CR0" },
  pushf: { what: "EFLAGS.IF and IOPL", vmcs: "RFLAGS", vmcb: "RFLAGS" },
  popf: { what: "EFLAGS.IF and IOPL", vmcs: "RFLAGS", vmcb: "RFLAGS" },
};

/** User-mode instruction prevention makes these fault at CPL 3 (SDM vol. 1, 5.1.17; CR4.UMIP, vol. 3A, 2.5). */
const UMIP = new Set(["sgdt", "sidt", "sldt", "smsw", "str"]);

/** Instructions that leave VMX non-root operation whatever the controls say (SDM vol. 3C, 26.1.2). */
const ALWAYS_EXIT =
  /^(cpuid|getsec|invd|xsetbv|invept|invvpid|vmcall|vmclear|vmlaunch|vmptrld|vmptrst|vmresume|vmxoff|vmxon)$/;

/** In the paper's words: far transfers without their "far", segment loads as MOV and POP, and the manual's page VERR/VERW as one. */
const PAPER: Readonly<Record<string, string>> = {
  callf: "CALL",
  jmpf: "JMP",
  retf: "RET",
  int: "INT n",
  verr: "VERR/VERW",
  verw: "VERR/VERW",
  lds: "MOV",
  les: "MOV",
  lfs: "MOV",
  lgs: "MOV",
  lss: "MOV",
};

/** The name that Robin and Irvine's list has for a mnemonic. */
export function nameInPaper(mnemonic: string): string {
  return PAPER[mnemonic] ?? mnemonic.toUpperCase();
}

/** Only what a Pentium had counts for the paper's list. */
const LATER = /^(I86|I186|I286|I386|I486|X87|I387|CX8|TSC|MSR|CPUID|MMX|PMC)$/;

function classify(form: Form, mode: VirtualizationMode): Classified {
  const { mnemonic, opcode } = form;
  const made = (kind: InstructionKind, why: string): Classified => ({ mnemonic, opcode, kind, why });
  if (!form.untrapped) {
    if (form.privilege === "cpl0") {
      if (mode === "vmx" && ALWAYS_EXIT.test(mnemonic)) return made("privileged", "exits always");
      if (mode === "vmx" || mode === "svm")
        return made("privileged", "runs on the guest's own state, or exits if a control says so");
      return made("privileged", "#GP(0) at CPL 1 to 3");
    }
    if (form.privilege === "iopl") {
      return made(
        "privileged",
        mode === "classic" || mode === "umip" ? "#GP(0) where IOPL < CPL" : "the guest's own IOPL, or an exit",
      );
    }
    return made("innocuous", mode === "vmx" && ALWAYS_EXIT.test(mnemonic) ? "exits always" : "");
  }
  const resource = RESOURCES[mnemonic] ?? SELECTORS;
  if (mode === "vmx") return made("innocuous", `acts on the guest's own ${resource.vmcs} (VMCS guest-state area)`);
  if (mode === "svm") return made("innocuous", `acts on the guest's own ${resource.vmcb} (VMCB state save area)`);
  if (mode === "umip" && UMIP.has(mnemonic)) return made("privileged", "#GP(0) at CPL 1 to 3 with CR4.UMIP");
  return made("sensitive", `shows or changes ${resource.what} without a trap`);
}

/** Every form of the instruction set, classified. */
export function classifyInstructions(mode: VirtualizationMode): Classified[] {
  return FORMS.map((form) => classify(form, mode));
}

/** Sensitive instructions that do not trap, by the names of Robin and Irvine's paper; for `classic` these are its 17. */
export function sensitiveUnprivileged(mode: VirtualizationMode): string[] {
  const names = new Set<string>();
  for (const form of FORMS) {
    if (!form.features.every((feature) => LATER.test(feature))) continue;
    if (classify(form, mode).kind === "sensitive") names.add(nameInPaper(form.mnemonic));
  }
  return [...names].toSorted();
}
