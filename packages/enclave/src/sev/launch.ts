import { type SyncCryptoProvider, concatBytes, noble, toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { type Structure, writeNumber } from "../layout.js";
import { type Firmware, SECTION_TYPES, parseFirmware } from "./firmware.js";
import { type DirectBoot, type KernelHashes, hashPage, hashTable, kernelHashes } from "./kernel-hashes.js";
import { BSP_EIP, type Vmm, resetVmsa, svsmVmsa } from "./vmsa.js";

/** Generations of the protection, and COCONUT SVSM under SNP. */
export type SevMode = "sev" | "sev-es" | "snp" | "snp-svsm";

/** All that a launch digest depends on. */
export interface LaunchOptions {
  readonly mode: SevMode;
  readonly firmware: Uint8Array;
  readonly boot?: DirectBoot;
  /** vCPUs; `sev` does not measure them. */
  readonly vcpus: number;
  /** CPUID leaf 1 EAX of a vCPU; see `signatureOf`. QEMU only. */
  readonly signature: number;
  readonly vmm: Vmm;
  /** SEV_FEATURES of the vCPUs; 1 (SNP active) unless given, 0 for SEV-ES. */
  readonly features?: bigint;
  /** VMSA fields that the hypervisor sets otherwise than known, by name. */
  readonly vmsa?: Readonly<Record<string, bigint>>;
  /** The digest over the firmware's pages, if it is known already: then `firmware` need only hold the table at its end. */
  readonly firmwareDigest?: Uint8Array;
  /** With `snp-svsm`: the SVSM image, and how many bytes of variables lie between it and the firmware. */
  readonly svsm?: { readonly image: Uint8Array; readonly variables: number };
}

/** One thing that went into the digest. */
export interface LaunchStep {
  /** PAGE_TYPE of SNP_LAUNCH_UPDATE (SNP ABI, table 67), or what plain SEV hashes. */
  readonly type: "normal" | "vmsa" | "zero" | "unmeasured" | "secrets" | "cpuid" | "data";
  readonly gpa: number;
  /** Which part of the inputs it comes from. */
  readonly what: string;
  /** Digest of the contents, hexadecimal; zeros for pages without. */
  readonly contents: string;
}

/** A launch digest and how it came about. */
export interface Launch {
  readonly digest: Uint8Array;
  readonly steps: readonly LaunchStep[];
  readonly hashes: KernelHashes | undefined;
  /** The save areas, one a vCPU. */
  readonly vmsas: readonly Structure[];
  readonly firmware: Firmware;
}

const PAGE_TYPES = { normal: 1, vmsa: 2, zero: 3, unmeasured: 4, secrets: 5, cpuid: 6 } as const;
const PAGE = 4096;
const FOUR_GIB = 0x1_0000_0000;
/** The address that VMSA pages are measured with, whichever vCPU's: all ones, page-aligned, 48 bits. */
const VMSA_GPA = 0xffff_ffff_f000;
const ZERO_DIGEST = new Uint8Array(48);

/** A page that is about to be measured: its type, address, and the digest of its contents. */
export interface MeasuredPage {
  readonly type: keyof typeof PAGE_TYPES;
  readonly gpa: number;
  readonly contents: Uint8Array;
}

/** Whether PAGE_INFO has such a type. */
export function isPageType(type: string): type is keyof typeof PAGE_TYPES {
  return Object.hasOwn(PAGE_TYPES, type);
}

/** The digest extended by the PAGE_INFO structure of one page (SNP ABI, 8.17.2, table 67). */
export function extendDigest(crypto: SyncCryptoProvider, digest: Uint8Array, page: MeasuredPage): Uint8Array {
  const info = new Uint8Array(0x70);
  info.set(digest, 0);
  info.set(page.contents, 48);
  info[96] = info.length;
  info[98] = PAGE_TYPES[page.type];
  // IMI page, permissions of VMPL 1 to 3: all zero.
  writeNumber(info, 104, 8, BigInt(page.gpa));
  return crypto.digest("SHA-384", info);
}

/** Extends the digest page by page. */
class GuestContext {
  digest: Uint8Array;
  readonly steps: LaunchStep[] = [];
  readonly #crypto: SyncCryptoProvider;

  constructor(crypto: SyncCryptoProvider, seed: Uint8Array = ZERO_DIGEST) {
    this.#crypto = crypto;
    this.digest = seed;
  }

  page(type: keyof typeof PAGE_TYPES, gpa: number, what: string, contents?: Uint8Array): void {
    const hash = contents === undefined ? ZERO_DIGEST : this.#crypto.digest("SHA-384", contents);
    this.digest = extendDigest(this.#crypto, this.digest, { type, gpa, contents: hash });
    this.steps.push({ type, gpa, what, contents: toHex(hash) });
  }

  pages(type: "normal" | "zero" | "unmeasured", gpa: number, size: number, what: string, data?: Uint8Array): void {
    if (size % PAGE !== 0 || gpa % PAGE !== 0)
      throw new IsinglassError(
        "ISG_SNP_BAD_FIRMWARE",
        `${what}: 0x${size.toString(16)} bytes at 0x${gpa.toString(16)} are not whole pages`,
      );
    for (let at = 0; at < size; at += PAGE)
      this.page(type, gpa + at, size === PAGE ? what : `${what}, page ${at / PAGE}`, data?.subarray(at, at + PAGE));
  }
}

/** Sections together may not be larger than this: a hostile size would otherwise take minutes. */
const MOST_SECTION_BYTES = 256 * 1024 * 1024;

function sectionPages(context: GuestContext, firmware: Firmware, hashes: KernelHashes | undefined, vmm: Vmm): void {
  const total = firmware.sections.reduce((sum, section) => sum + section.size, 0);
  if (total > MOST_SECTION_BYTES)
    throw new IsinglassError(
      "ISG_SNP_BAD_FIRMWARE",
      `firmware: sections of ${total} bytes together; 256 MiB are the most`,
    );
  const later: (() => void)[] = [];
  for (const section of firmware.sections) {
    const name = SECTION_TYPES[section.type];
    const what = `section ${name ?? section.type}`;
    switch (name) {
      case "SNP_SEC_MEM":
        context.pages(vmm === "gce" ? "unmeasured" : "zero", section.gpa, section.size, what);
        break;
      case "SVSM_CAA":
        context.pages("zero", section.gpa, section.size, what);
        break;
      case "SNP_SECRETS":
        context.page("secrets", section.gpa, what);
        break;
      case "CPUID": {
        const add = (): void => context.page("cpuid", section.gpa, what);
        // EC2 inserts its CPUID page after all others.
        if (vmm === "ec2") later.push(add);
        else add();
        break;
      }
      case "SNP_KERNEL_HASHES":
        if (hashes === undefined) context.pages("zero", section.gpa, section.size, what);
        else if (firmware.hashTableGpa === undefined || section.size !== PAGE)
          throw new IsinglassError(
            "ISG_SNP_BAD_FIRMWARE",
            `firmware: ${what} of ${section.size} bytes, but no place for the table in it`,
          );
        else context.pages("normal", section.gpa, PAGE, what, hashPage(hashes, firmware.hashTableGpa));
        break;
      default:
        throw new IsinglassError(
          "ISG_SNP_BAD_FIRMWARE",
          `firmware: section of type ${section.type} at 0x${section.gpa.toString(16)}, which is not known`,
        );
    }
  }
  for (const add of later) add();
  if (hashes !== undefined && !firmware.sections.some((section) => SECTION_TYPES[section.type] === "SNP_KERNEL_HASHES"))
    throw new IsinglassError(
      "ISG_SNP_NO_KERNEL_HASHES",
      "a kernel is given, but the firmware has no SNP_KERNEL_HASHES section (OVMF's AmdSev build has)",
    );
}

function vmsaPages(options: LaunchOptions, apEip: number, start: (eip: number) => Structure): Structure[] {
  const first = options.mode === "snp-svsm" ? apEip : BSP_EIP;
  const bsp = start(first);
  const ap = options.vcpus > 1 ? start(apEip) : bsp;
  return Array.from({ length: options.vcpus }, (_, i) => (i === 0 ? bsp : ap));
}

function badOption(message: string): IsinglassError {
  return new IsinglassError("ISG_SNP_BAD_OPTION", message);
}

/** Refuses what would be cut off, or not looked at: the digest would be another guest's. */
function checkOptions(options: LaunchOptions): void {
  const { mode, vcpus, signature, firmwareDigest, svsm, features } = options;
  if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > 4096) throw badOption(`vCPUs ${vcpus}: 1 to 4096`);
  if (!Number.isInteger(signature) || signature < 0 || signature > 0xffff_ffff)
    throw badOption(`signature ${signature}: EAX of CPUID leaf 1, a whole number of 32 bits`);
  const isSnp = mode === "snp" || mode === "snp-svsm";
  if (firmwareDigest !== undefined && !isSnp)
    throw badOption(`firmwareDigest goes with snp: the digest of ${mode} is one hash over all data`);
  if (firmwareDigest !== undefined && firmwareDigest.length !== ZERO_DIGEST.length)
    throw badOption(`firmwareDigest of ${firmwareDigest.length} bytes; ${ZERO_DIGEST.length} are right`);
  if (mode !== "snp-svsm") {
    if (svsm !== undefined) throw badOption(`svsm goes with mode snp-svsm, not with ${mode}`);
    return;
  }
  if (svsm === undefined || options.vmm !== "qemu" || options.boot !== undefined)
    throw badOption("snp-svsm wants an SVSM image, QEMU, and no kernel");
  if (features !== undefined && features !== 1n) throw badOption(`features ${features}: an SVSM starts with 1 alone`);
  if (!Number.isInteger(svsm.variables) || svsm.variables < 0 || svsm.variables % PAGE !== 0)
    throw badOption(`svsm.variables ${svsm.variables}: whole pages of ${PAGE} bytes`);
}

/**
 * Computes the digest that the firmware of an AMD processor would arrive at for a guest launched so: 48 bytes for SNP (MEASUREMENT of the attestation
 * report), 32 for SEV and SEV-ES (GCTX.LD).
 *
 * @throws IsinglassError `ISG_SNP_...` where the firmware does not fit the other options
 */
export function measureLaunch(options: LaunchOptions, crypto: SyncCryptoProvider = noble): Launch {
  checkOptions(options);
  const firmware = parseFirmware(options.firmware);
  const hashes = options.boot === undefined ? undefined : kernelHashes(crypto, options.boot);
  if (options.mode === "sev" || options.mode === "sev-es") return measurePlain(options, crypto, firmware, hashes);
  const context = new GuestContext(crypto, options.firmwareDigest);
  const base = FOUR_GIB - firmware.image.length;
  if (options.firmwareDigest === undefined)
    context.pages("normal", base, firmware.image.length, "firmware", firmware.image);
  const features = options.features ?? 1n;
  const common = {
    vmm: options.vmm,
    signature: options.signature,
    features,
    ...(options.vmsa === undefined ? {} : { overrides: options.vmsa }),
  };
  let vmsas: Structure[];
  if (options.svsm !== undefined) {
    const svsm = parseFirmware(options.svsm.image);
    const at = base - options.svsm.variables - svsm.image.length;
    if (at < 0) throw badOption(`svsm.variables ${options.svsm.variables}: the SVSM would begin below address 0`);
    if (svsm.svsmEntry === undefined)
      throw new IsinglassError("ISG_SNP_BAD_FIRMWARE", "the SVSM image does not say where it starts");
    context.pages("normal", at, svsm.image.length, "SVSM", svsm.image);
    sectionPages(context, svsm, undefined, "qemu");
    vmsas = vmsaPages(options, at + svsm.svsmEntry, (eip) => svsmVmsa({ ...common, features: 1n, eip }));
  } else {
    sectionPages(context, firmware, hashes, options.vmm);
    vmsas = vmsaPages(options, resetEip(firmware, options.vcpus), (eip) => resetVmsa({ ...common, eip }));
  }
  vmsas.forEach((vmsa, i) => context.page("vmsa", VMSA_GPA, `VMSA of vCPU ${i}`, vmsa.bytes));
  return { digest: context.digest, steps: context.steps, hashes, vmsas, firmware };
}

function resetEip(firmware: Firmware, vcpus: number): number {
  if (firmware.resetEip === undefined && vcpus > 1)
    throw new IsinglassError(
      "ISG_SNP_BAD_FIRMWARE",
      "firmware: no SEV-ES reset block, so it is not said where further vCPUs start",
    );
  return firmware.resetEip ?? BSP_EIP;
}

/** SEV and SEV-ES: one SHA-256 over all data in order (SEV API, LAUNCH_UPDATE_DATA, LAUNCH_UPDATE_VMSA). */
function measurePlain(
  options: LaunchOptions,
  crypto: SyncCryptoProvider,
  firmware: Firmware,
  hashes: KernelHashes | undefined,
): Launch {
  const steps: LaunchStep[] = [];
  const hasher = crypto.hasher("SHA-256");
  const add = (gpa: number, what: string, data: Uint8Array): void => {
    hasher.update(data);
    steps.push({ type: "data", gpa, what, contents: toHex(crypto.digest("SHA-256", data)) });
  };
  const base = FOUR_GIB - firmware.image.length;
  const pages = firmware.image.length / PAGE;
  for (let i = 0; i < pages; i += 1)
    add(
      base + PAGE * i,
      pages === 1 ? "firmware" : `firmware, page ${i}`,
      firmware.image.subarray(PAGE * i, PAGE * (i + 1)),
    );
  if (hashes !== undefined) {
    if (firmware.hashTableGpa === undefined || firmware.hashTableGpa === 0)
      throw new IsinglassError(
        "ISG_SNP_NO_KERNEL_HASHES",
        "a kernel is given, but the firmware has no place for its hashes (OVMF's AmdSev build has)",
      );
    add(firmware.hashTableGpa, "kernel hashes", hashTable(hashes));
  }
  let vmsas: Structure[] = [];
  if (options.mode === "sev-es") {
    const overrides = options.vmsa === undefined ? {} : { overrides: options.vmsa };
    const { vmm, signature, features = 0n } = options;
    vmsas = vmsaPages(options, resetEip(firmware, options.vcpus), (eip) =>
      resetVmsa({ eip, vmm, signature, features, ...overrides }),
    );
  }
  vmsas.forEach((vmsa, i) => add(0, `VMSA of vCPU ${i}`, vmsa.bytes));
  return { digest: hasher.digest(), steps, hashes, vmsas, firmware };
}

/** The digest over the firmware's pages alone: what `firmwareDigest` takes. */
export function measureFirmware(image: Uint8Array, crypto: SyncCryptoProvider = noble): Uint8Array {
  const context = new GuestContext(crypto);
  const { length } = parseFirmware(image).image;
  context.pages("normal", FOUR_GIB - length, length, "firmware", image);
  return context.digest;
}

/** What LAUNCH_MEASURE of SEV and SEV-ES depends on beside the digest (SEV API 0.24, 6.5.1). */
export interface SevMeasureOptions {
  readonly digest: Uint8Array;
  /** API version and build of the firmware. */
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly policy: number;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** The transport integrity key, 16 bytes. */
  readonly integrityKey: Uint8Array;
}

/**
 * The measurement that SEV's LAUNCH_MEASURE returns: HMAC-SHA-256 with the transport integrity key.
 *
 * @throws IsinglassError `ISG_SNP_BAD_OPTION`
 */
export function sevLaunchMeasurement(options: SevMeasureOptions, crypto: SyncCryptoProvider = noble): Uint8Array {
  for (const [name, size] of [
    ["digest", 32],
    ["nonce", 16],
    ["integrityKey", 16],
  ] as const)
    if (options[name].length !== size) throw badOption(`${name} of ${options[name].length} bytes; ${size} are right`);
  for (const [name, most] of [
    ["major", 0xff],
    ["minor", 0xff],
    ["build", 0xff],
    ["policy", 0xffff_ffff],
  ] as const)
    if (!Number.isInteger(options[name]) || options[name] < 0 || options[name] > most)
      throw badOption(`${name} ${options[name]}: a whole number up to ${most}`);
  const policy = new Uint8Array(4);
  writeNumber(policy, 0, 4, BigInt(options.policy));
  const head = Uint8Array.of(4, options.major, options.minor, options.build);
  return crypto.hmac("SHA-256", options.integrityKey, concatBytes(head, policy, options.digest, options.nonce));
}
